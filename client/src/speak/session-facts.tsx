import type { SessionStatus } from '../../../shared/protocol.ts';
import { isMoving } from '../live/is-moving.ts';
import type { SpeakerState } from '../live/speaker-state.ts';
import { count } from '../words/durations.ts';
import type { SpeakSession } from './speak-session.ts';

/** Less than this is how far a server always is behind. */
const NO_DELAY_MS = 500;

/** Connection, delay, engine and readers, in a few words each. */
export function SessionFacts({ session }: { session: SpeakSession }) {
  const status = session.status.value;
  const link = session.link.value;
  const recognizer = session.client.started?.recognizer ?? null;
  return (
    <section class="card" aria-labelledby="facts-title">
      <h2 id="facts-title" class="unseen">
        How it goes
      </h2>
      <dl class="facts" data-encoder={session.encoder.value} data-testid="facts">
        <Fact
          name="Connection"
          words={linkInWords(link)}
          bad={link.kind === 'reconnecting' && !isMoving(link)}
        />
        <Fact name="Delay" words={status === null ? '…' : delayInWords(status.delayMs)} />
        <Fact
          name="Recognition"
          words={status === null ? '…' : engineInWords(status)}
          bad={status !== null && !isUnhindered(status)}
          {...(recognizer === null ? {} : { detail: recognizer })}
        />
        <Fact
          name="Readers"
          words={
            status === null ? '…' : count(status.viewers, 'person').replace('persons', 'people')
          }
        />
      </dl>
    </section>
  );
}

interface FactProps {
  name: string;
  words: string;
  detail?: string;
  bad?: boolean;
}

function Fact({ name, words, detail, bad = false }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-testid={`fact-${name.toLowerCase()}`} data-bad={bad}>
        {words}
        {detail !== undefined && <span class="small soft"> {detail}</span>}
      </dd>
    </div>
  );
}

function linkInWords(link: SpeakerState): string {
  switch (link.kind) {
    case 'live':
      return 'Connected';
    case 'reconnecting':
      return isMoving(link) ? 'Changing servers' : 'Away, trying again';
    case 'stopping':
      return 'Finishing';
    case 'ended':
      return 'Closed';
    default:
      return 'Connecting';
  }
}

function delayInWords(delayMs: number): string {
  if (delayMs < NO_DELAY_MS) return 'Keeping up';
  return `${(delayMs / 1000).toFixed(1)} s behind`;
}

function isUnhindered({ recognizer, captions }: SessionStatus): boolean {
  return recognizer === 'ready' && captions === 'full';
}

function engineInWords({ recognizer, decoder, captions }: SessionStatus): string {
  if (recognizer === 'failed') return 'Failed, starting again';
  if (decoder === 'replacing') return 'Restarting';
  if (recognizer === 'slow') return 'Behind: captions come later';
  switch (captions) {
    case 'full':
      return 'Ready';
    case 'slower':
      return 'Busy: captions are slower just now';
    case 'untranslated':
      return 'Busy: translations come with each sentence';
    case 'finals':
      return 'Busy: captions come with each sentence';
  }
}
