import { AppError } from '../../../../shared/errors.ts';
import { WARM_UP_FRAMES } from '../../../../shared/limits.ts';
import { FrameInbox } from '../../pipeline/frame-inbox.ts';
import type { NodeSession, Sound, ToClient, ToNode } from './resume-state.ts';
import { SPEECH } from './resume-state.ts';
import type { SessionCommand, SessionRecord } from './session-rules.ts';

/** R5: a session begins where the record says, with some frames before for the decoder. */
export function openSession(record: SessionRecord, takeover: number): [NodeSession, ToClient] {
  const { epoch, ackedSeq, nextSegment } = record;
  const fromSeq = Math.max(0, ackedSeq - WARM_UP_FRAMES);
  if (fromSeq !== 0) throw new Error('Expected a session shorter than the warm-up.');
  const session: NodeSession = {
    ...{ epoch, takeover, nextSegment },
    heard: [],
    doneSeq: ackedSeq,
    endSeq: null,
  };
  return [session, { kind: 'resumed', epoch, fromSeq, ackedSeq }];
}

/** Takes one message, with the server's own inbox deciding what fits. */
export function hear(
  session: NodeSession,
  message: Exclude<ToNode, { kind: 'resume' }>,
): [NodeSession, ToClient] {
  const inbox = new FrameInbox(session.heard.length);
  const received = (heard: readonly Sound[]): [NodeSession, ToClient] => [
    { ...session, heard },
    { kind: 'received', seq: heard.length, epoch: session.epoch },
  ];
  try {
    switch (message.kind) {
      case 'audio': {
        const { firstSeq, sounds, epoch } = message;
        if (epoch !== session.epoch) return [session, { kind: 'fenced' }];
        const frames = sounds.map((sound) => Uint8Array.of(sound));
        inbox.receive({ firstSeq, epoch, frames });
        const fresh = inbox.nextSeq - session.heard.length;
        return received([...session.heard, ...sounds.slice(sounds.length - fresh)]);
      }
      case 'gap': {
        inbox.declareGap(message.fromSeq, message.toSeq);
        const fresh = inbox.nextSeq - session.heard.length;
        return received([...session.heard, ...new Array<Sound>(fresh).fill(null)]);
      }
      case 'stop':
        inbox.end(message.endSeq);
        return [
          { ...session, endSeq: message.endSeq },
          { kind: 'received', seq: session.heard.length, epoch: session.epoch },
        ];
    }
  } catch (error) {
    if (!(error instanceof AppError) || error.expectedSeq === undefined) throw error;
    return [session, { kind: 'missing', expectedSeq: error.expectedSeq }];
  }
}

/**
 * What the pipeline gives next of what was heard, as segmentSpeech cuts it: from the sound alone.
 * Null where nothing is complete yet.
 */
export function nextCommand(session: NodeSession): SessionCommand | null {
  const { doneSeq, heard, epoch, endSeq } = session;
  const isOver = endSeq !== null && heard.length >= endSeq;
  if (doneSeq >= heard.length) return isOver ? { kind: 'end', epoch } : null;
  const kindAt = (seq: number): string => (heard[seq] === null ? 'gap' : (SPEECH[seq] ?? '.'));
  const kind = kindAt(doneSeq);
  let to = doneSeq + 1;
  while (to < heard.length && kindAt(to) === kind) to += 1;
  if (kind === 'gap') return { kind: 'gap', epoch, gap: { startSeq: doneSeq, endSeq: to } };
  if (to === heard.length && !isOver) return null;
  if (kind === '.') return { kind: 'silence', epoch, ackedSeq: to };
  const final = { segment: session.nextSegment, startSeq: doneSeq, endSeq: to };
  return { kind: 'final', epoch, final };
}

/** The session once the store has answered, and what it tells its client: only then. */
export function advance(
  session: NodeSession,
  command: SessionCommand,
): { session: NodeSession; told: ToClient } {
  if (command.kind === 'end') return { session, told: { kind: 'stopped' } };
  const { nextSegment, epoch } = session;
  const [doneSeq, following] =
    command.kind === 'final'
      ? [command.final.endSeq, command.final.segment + 1]
      : [command.kind === 'gap' ? command.gap.endSeq : command.ackedSeq, nextSegment];
  const told: ToClient = { kind: 'acked', seq: doneSeq, epoch };
  return { session: { ...session, doneSeq, nextSegment: following }, told };
}
