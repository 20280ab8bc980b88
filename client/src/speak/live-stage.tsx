import { useMemo, useRef } from 'preact/hooks';
import { SpeakerLooks } from '../captions/speaker-looks.ts';
import { TurnList } from '../captions/turn-list.tsx';
import { useAutoScroll } from '../captions/use-auto-scroll.ts';
import { CorrectButton } from '../glossary/correct-button.tsx';
import { isMoving } from '../live/is-moving.ts';
import { Icon } from '../ui/icons.tsx';
import { Notice } from '../ui/notice.tsx';
import { count, spanInWords } from '../words/durations.ts';
import { englishName } from '../words/language-labels.ts';
import { AbsenceNotice } from './absence-notice.tsx';
import type { RoomDesk } from './room-desk.ts';
import { MicrophoneSelect } from './source-choice.tsx';
import type { SpeakSession } from './speak-session.ts';

/** Own captions drawn at once; a speaker looks at the last ones. */
const SHOWN_LINES = 100;

/** What was understood of the speech, as it comes. */
export function LiveStage({ desk, session }: { desk: RoomDesk; session: SpeakSession }) {
  const box = useRef<HTMLElement>(null);
  const looks = useMemo(() => new SpeakerLooks(), [session]);
  const lines = session.lines.value;
  const { missed, jump } = useAutoScroll(box, lines.length);
  const isLive = session.phase.value.kind === 'live';
  return (
    <div class="stage">
      <h2 id="captions-title" class="unseen">
        Your captions
      </h2>
      <LiveNotices desk={desk} session={session} />
      <div class="stage-frame">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <section class="stage-scroll" ref={box} tabIndex={0} aria-labelledby="captions-title">
          {lines.length === 0 && <EmptyStage session={session} />}
          <TurnList
            lines={lines.slice(-SHOWN_LINES)}
            looks={looks}
            language={desk.setup.spoken.value}
            translated={false}
            guesses
            showOriginal={false}
            showSpeakers={false}
          />
        </section>
        {missed !== null && isLive && (
          <button type="button" class="button main jump" onClick={jump}>
            <Icon name="down" />
            {missed === 0 ? 'Jump to live' : `Jump to live · ${count(missed, 'new line')}`}
          </button>
        )}
        {isLive && desk.glossary.holder.value.kind === 'own' && (
          <CorrectButton
            box={box}
            onCorrect={(words) => desk.glossary.correct(words, desk.setup.spoken.value)}
          />
        )}
      </div>
      {isLive && lines.length > 0 && <p class="hint">Dotted words may still change.</p>}
      {isLive && !session.isKept.value && (
        <p class="hint" role="status" data-testid="not-kept">
          This browser keeps nothing for a reload: stay on this page until you have stopped.
        </p>
      )}
    </div>
  );
}

function EmptyStage({ session }: { session: SpeakSession }) {
  const phase = session.phase.value.kind;
  if (phase === 'opening') return <p class="empty">Connecting…</p>;
  if (phase === 'ended') return <p class="empty">Nothing was said.</p>;
  return <p class="empty">{session.paused.value ? 'Paused.' : 'Listening. Just speak.'}</p>;
}

function LiveNotices({ desk, session }: { desk: RoomDesk; session: SpeakSession }) {
  const problem = session.problem.value ?? desk.problem.value;
  const lostMs = session.lostMs.value;
  const isLive = session.phase.value.kind === 'live';
  const sourceLost = session.isSourceLost.value;
  return (
    <>
      {problem !== null && (
        <Notice advice={problem.advice} code={problem.code}>
          {isLive && sourceLost && (
            <>
              {desk.setup.sourceKind.value === 'microphone' && (
                <MicrophoneSelect setup={desk.setup} onChosen={() => void desk.changeSource()} />
              )}
              <button
                type="button"
                class="button"
                data-testid="go-on"
                onClick={() => void desk.changeSource()}
              >
                Go on speaking
              </button>
            </>
          )}
        </Notice>
      )}
      {isLive && <AbsenceNotice desk={desk} session={session} />}
      {session.link.value.kind === 'reconnecting' && !isMoving(session.link.value) && (
        <Notice
          role="status"
          code="reconnecting"
          advice={{
            title: 'The connection is away',
            action:
              'Go on speaking: what you say is kept here for two minutes and sent as soon as the server is back.',
          }}
        />
      )}
      {lostMs > 0 && (
        <Notice
          role="status"
          code="gap"
          advice={{
            title: `${spanInWords(lostMs / 1000)} of sound could not be kept`,
            action: 'The connection was away for too long. Readers see where something is missing.',
          }}
        />
      )}
      {isLive && session.isPuzzled.value && (
        <Notice
          role="status"
          code="puzzled"
          plain
          advice={{
            title: 'What you say is not understood',
            action: `Are you speaking ${englishName(desk.setup.spoken.value)}? If so: closer to the microphone, with less noise around, helps.`,
          }}
        />
      )}
      {isLive && session.isUnheard.value && (
        <Notice
          role="status"
          code="unheard"
          plain
          advice={{
            title: 'Nothing can be heard',
            action: 'Is the microphone muted, or the wrong one chosen?',
          }}
        />
      )}
    </>
  );
}
