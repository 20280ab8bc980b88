import '../styles/captions.css';
import '../styles/watch.css';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { SpeakerLooks } from '../captions/speaker-looks.ts';
import { TurnList } from '../captions/turn-list.tsx';
import { useAutoScroll } from '../captions/use-auto-scroll.ts';
import { keepReturnToken, watchTokenFromAddress } from '../server/room-access.ts';
import { Icon } from '../ui/icons.tsx';
import { TopBar } from '../ui/top-bar.tsx';
import { useWakeLock } from '../ui/wake-lock.ts';
import { count } from '../words/durations.ts';
import { Announcer, FinalFeed } from './announcer.tsx';
import { ReaderBar } from './reader-bar.tsx';
import { ReaderSettings } from './reader-settings.ts';
import { RoomPill } from './room-pill.tsx';
import { ReaderFoot, ReaderNotices, Waiting } from './room-words.tsx';
import { useReadAloud } from './use-read-aloud.ts';
import { WatchSession } from './watch-session.ts';

/** Lines drawn at once; earlier ones are a click away. */
const SHOWN_LINES = 150;

/** Reading along in a room. */
export function WatchPage({ room }: { room: string }) {
  const feed = useMemo(() => new FinalFeed(), []);
  const settings = useMemo(() => new ReaderSettings(), []);
  const looks = useMemo(() => new SpeakerLooks(), []);
  const session = useMemo(() => {
    const place = { url: location.origin, room, token: watchTokenFromAddress(room) };
    return new WatchSession(place, {
      onFinal: (final) => feed.emit(final),
      onReturnToken: (token) => keepReturnToken(room, token),
    });
  }, [room, feed]);
  useEffect(() => {
    document.title = `${room} · Parlance`;
    void session.start();
    return () => session.close();
  }, [room, session]);

  const ended = session.ended.value !== null;
  const aloud = useReadAloud(feed, session.language.value, settings.readAloud.value);
  const showSpeakers = session.speakers.value.length > 0;
  useWakeLock(session.link.value.kind === 'watching');
  return (
    <div class="reader" style={{ '--caption-size': `${settings.sizeRem}rem` }}>
      <TopBar title={room}>
        <RoomPill link={session.link.value} speakers={session.speakers.value} ended={ended} />
      </TopBar>
      <ReaderBar session={session} settings={settings} aloud={aloud} />
      <Captions session={session} settings={settings} looks={looks} />
      <ReaderFoot session={session} />
      {!settings.readAloud.value && <Announcer feed={feed} showSpeakers={showSpeakers} />}
    </div>
  );
}

interface CaptionsProps {
  session: WatchSession;
  settings: ReaderSettings;
  looks: SpeakerLooks;
}

function Captions({ session, settings, looks }: CaptionsProps) {
  const box = useRef<HTMLElement>(null);
  const shown = useSignal(SHOWN_LINES);
  const lines = session.lines.value;
  const { missed, jump } = useAutoScroll(box, lines.length);
  const language = session.language.value ?? 'en';
  const hidden = Math.max(0, lines.length - shown.value);
  const isWaiting = lines.length === 0 && session.ended.value === null;
  return (
    <div class="reader-stage">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <main id="main" class="reader-scroll" ref={box} tabIndex={0} aria-label="Captions">
        <div class={lines.length === 0 ? 'reader-column empty' : 'reader-column'}>
          {hidden > 0 && (
            <button
              type="button"
              class="button quiet earlier"
              data-testid="earlier"
              onClick={() => {
                shown.value += SHOWN_LINES;
              }}
            >
              Show earlier lines ({hidden})
            </button>
          )}
          {session.joined.value?.truncated === true && hidden === 0 && (
            <p class="hint">What was said before this is no longer kept.</p>
          )}
          <TurnList
            lines={lines.slice(hidden)}
            looks={looks}
            language={language}
            translated={session.offer.value !== null && session.offer.value.quality !== 'none'}
            guesses={settings.guesses.value}
            showOriginal={settings.showOriginal.value}
            showSpeakers
          />
          {isWaiting && <Waiting session={session} />}
          <ReaderNotices session={session} />
        </div>
      </main>
      {missed !== null && (
        <button type="button" class="button main jump" data-testid="jump" onClick={jump}>
          <Icon name="down" />
          {missed === 0 ? 'Jump to live' : `Jump to live · ${count(missed, 'new line')}`}
        </button>
      )}
    </div>
  );
}
