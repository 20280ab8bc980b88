import { Icon } from '../ui/icons.tsx';
import { count, spanInWords } from '../words/durations.ts';
import type { RoomDesk } from './room-desk.ts';
import type { SpeakSession } from './speak-session.ts';

/** What came of the session, and how to go on. */
export function AfterWords({ desk, session }: { desk: RoomDesk; session: SpeakSession | null }) {
  const ended = desk.roomEnded.value;
  return (
    <section class="card stack after" data-testid="after" aria-labelledby="after-title">
      <h2 id="after-title">{ended === null ? 'You have stopped' : 'This room has ended'}</h2>
      <p>{wordsOf(desk, session)}</p>
      <div class="row">
        {ended === null ? (
          <button
            type="button"
            class="button main"
            data-testid="speak-again"
            onClick={() => desk.setUpAgain()}
          >
            <Icon name="microphone" />
            Speak again
          </button>
        ) : (
          <a class="button main" href="/">
            Make a new room
          </a>
        )}
      </div>
    </section>
  );
}

function wordsOf(desk: RoomDesk, session: SpeakSession | null): string {
  const ended = desk.roomEnded.value;
  if (ended?.erased === true) return 'What was said in it has been deleted from the server.';
  const span = spanInWords(desk.setup.info.value?.keptForS ?? 0);
  if (ended !== null) return `What was said in it is kept for ${span} and then deleted.`;
  const phase = session?.phase.value;
  const summary = phase?.kind === 'ended' ? phase.summary : null;
  if (summary === null) return `What the server received until then is kept for ${span}.`;
  if (summary.segments === 0) return 'Nothing was said.';
  const understood = session?.understood.value ?? summary.segments;
  if (understood === 0) return 'Nothing of what was said could be understood.';
  return `${count(understood, 'sentence')} reached the room and can be read for ${span}.`;
}
