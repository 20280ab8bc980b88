import '../styles/captions.css';
import '../styles/speak.css';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { GlossaryCard } from '../glossary/glossary-card.tsx';
import { takeKeyFromAddress } from '../server/room-access.ts';
import { TopBar } from '../ui/top-bar.tsx';
import { useWakeLock } from '../ui/wake-lock.ts';
import { AfterWords } from './after-words.tsx';
import { Keeping } from './keeping.tsx';
import { LiveLanguages, LiveMicrophone } from './live-choices.tsx';
import { LiveControls } from './live-controls.tsx';
import { LiveStage } from './live-stage.tsx';
import { RoomDesk } from './room-desk.ts';
import { SessionFacts } from './session-facts.tsx';
import { SetupForm } from './setup-form.tsx';
import { ShareCard } from './share-card.tsx';
import type { SpeakSession } from './speak-session.ts';
import { SpeakSetup } from './speak-setup.ts';

/** Speaking into a room. */
export function SpeakPage({ room }: { room: string }) {
  const desk = useMemo(() => {
    takeKeyFromAddress(room);
    const setup = new SpeakSetup();
    if (!window.isSecureContext) setup.sourceKind.value = 'file';
    return new RoomDesk(room, setup);
  }, [room]);
  useEffect(() => {
    document.title = `Speak in ${room} · Parlance`;
    void desk.setup.load();
    void desk.lookForSession();
    return () => desk.close();
  }, [desk, room]);

  const stage = desk.stage.value;
  const session = desk.session.value;
  const isLive = stage === 'live';
  useWakeLock(isLive);
  useLeaveGuard(isLive);
  useLastWrite(session);
  useEffect(() => desk.otherTabs.speak(isLive), [desk, isLive]);
  const phase = session?.phase.value.kind;
  useEffect(() => {
    if (phase === 'stopping') desk.glossary.flush();
    if (phase === 'ended') desk.glossary.stopped();
  }, [desk, phase]);
  const main = useRef<HTMLElement>(null);
  useFreshStart(main, stage);
  const roomEnded = desk.roomEnded.value !== null;
  return (
    <>
      <TopBar title={room} />
      <main id="main" ref={main} tabIndex={-1} class={`speak ${stage}`}>
        <div class="speak-main">
          {stage === 'setup' && !roomEnded && !desk.isLooking.value && (
            <>
              <h2 class="speak-title">Speak in this room</h2>
              <SetupForm desk={desk} />
            </>
          )}
          {(stage === 'ended' || roomEnded) && <AfterWords desk={desk} session={session} />}
          {session !== null && <LiveStage key={session} desk={desk} session={session} />}
          {isLive && (
            <GlossaryCard
              glossary={desk.glossary}
              spoken={desk.setup.spoken.value}
              offers={desk.setup.offers.value}
            />
          )}
        </div>
        <aside class="speak-side" aria-label="Room">
          {isLive && session !== null && <SessionFacts session={session} />}
          {!roomEnded && <ShareCard desk={desk} />}
          {isLive && <LiveMicrophone desk={desk} />}
          {isLive && <LiveLanguages desk={desk} />}
          <Keeping desk={desk} />
        </aside>
        {isLive && session !== null && <LiveControls desk={desk} session={session} />}
      </main>
    </>
  );
}

/** Asks before a live page is closed: what has not been sent would be lost. */
function useLeaveGuard(isLive: boolean): void {
  useEffect(() => {
    if (!isLive) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isLive]);
}

/** Whatever the page learns before it goes is mirrored, as far as the browser still lets it. */
function useLastWrite(session: SpeakSession | null): void {
  useEffect(() => {
    if (session === null) return;
    const leaving = new AbortController();
    const write = () => session.client.flushMirror();
    for (const event of ['beforeunload', 'pagehide']) {
      window.addEventListener(event, write, { signal: leaving.signal });
    }
    document.addEventListener('visibilitychange', write, { signal: leaving.signal });
    return () => leaving.abort();
  }, [session]);
}

/** When the page turns into another, it begins at its top, for eyes and for the keyboard. */
function useFreshStart(main: RefObject<HTMLElement | null>, stage: string): void {
  const shown = useRef(stage);
  useLayoutEffect(() => {
    if (shown.current === stage) return;
    shown.current = stage;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [main, stage]);
}
