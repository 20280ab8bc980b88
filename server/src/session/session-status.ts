import { FRAME_MS } from '../../../shared/limits.ts';
import type { SessionStatus } from '../../../shared/protocol.ts';
import type { OpusDecoderStream } from '../audio/opus-decoder-stream.ts';
import type { FrameInbox } from '../pipeline/frame-inbox.ts';
import type { SessionEngines } from './session-engines.ts';

/** Delays are told in steps, so that the status is sent when it matters. */
const DELAY_STEP_MS = 100;
/** More finals waiting than this for each slot means that captions come late. */
const SLOW_FINALS_PER_SLOT = 2;

/** How a session fares just now. */
export function statusOf(
  inbox: FrameInbox,
  decoder: OpusDecoderStream,
  engines: SessionEngines,
  room: string,
): SessionStatus {
  const delayMs = (inbox.nextSeq - inbox.takenSeq) * FRAME_MS;
  const { concealed, corrupt } = decoder.counters;
  const { slots, finalsWaiting, step } = engines.scheduler.stats;
  return {
    delayMs: Math.round(delayMs / DELAY_STEP_MS) * DELAY_STEP_MS,
    recognizer: finalsWaiting > slots * SLOW_FINALS_PER_SLOT ? 'slow' : 'ready',
    decoder: decoder.pid === undefined ? 'replacing' : 'ready',
    captions: step === 'refusing' ? 'finals' : step,
    concealedFrames: concealed + corrupt,
    viewers: engines.viewers(room),
  };
}
