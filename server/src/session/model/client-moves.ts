import { EpochGate } from '../../../../client/src/live/epoch-gate.ts';
import { FrameSender } from '../../../../client/src/live/frame-sender.ts';
import { restoreRing } from '../../../../client/src/live/session-mirror.ts';
import { nextSpeakerState, type SpeakerState } from '../../../../client/src/live/speaker-state.ts';
import {
  type ClientView,
  type MirrorView,
  numbersOf,
  type Sound,
  senderOf,
  type ToClient,
  type ToNode,
  WINDOW_FRAMES,
} from './resume-state.ts';

const SESSION = 'session';

/** Rules that a model's client may leave out. */
export interface BrokenClient {
  /** R8: what has been received is forgotten, as if it were durable. */
  readonly forgetsReceived?: boolean;
  /** R12: a reloaded page begins its numbers where its mirror ends. */
  readonly reusesNumbers?: boolean;
  /** R12: a reloaded page captures before it knows what the page before had sent last. */
  readonly capturesTooSoon?: boolean;
}

/** The client's own table of states decides what comes of an event. */
function phaseAfter(client: ClientView, event: 'up' | 'down' | 'stop' | 'end'): ClientView {
  const states: Record<SpeakerState['kind'], SpeakerState> = {
    idle: { kind: 'idle' },
    connecting: { kind: 'connecting' },
    live: { kind: 'live', session: SESSION, epoch: client.epoch },
    reconnecting: { kind: 'reconnecting', attempt: 1, error: null },
    stopping: { kind: 'stopping' },
    ended: { kind: 'ended', summary: null, error: null },
  };
  const error = { code: 'server_unreachable' as const, message: '', retryable: true };
  const { kind: phase } = nextSpeakerState(
    states[client.phase],
    {
      up: { type: 'up' as const, session: SESSION, epoch: client.epoch },
      down: { type: 'down' as const, attempt: 1, error },
      stop: { type: 'stop' as const },
      end: { type: 'end' as const, summary: null, error: null },
    }[event],
  );
  return { ...client, phase };
}

const withNumbers = (client: ClientView, sender: FrameSender): ClientView => ({
  ...client,
  ...numbersOf(sender, client.highSeq),
});

/** R10: the link is gone; frames stay in the ring. */
export function loseLink(client: ClientView): ClientView {
  return { ...phaseAfter(client, 'down'), link: null, isGreeted: false, isStopAsked: false };
}

export function capture(client: ClientView): ClientView {
  return { ...client, sounds: [...client.sounds, client.incarnation] };
}

export function askToStop(client: ClientView): ClientView {
  return phaseAfter(client, 'stop');
}

type Sent = { client: ClientView; message: ToNode } | null;
const sendings = new WeakMap<ClientView, { sent: Sent }>();

/** R8: what goes out next, in the order in which the real sender gives it. */
export function send(client: ClientView): Sent {
  const known = sendings.get(client);
  if (known !== undefined) return known.sent;
  const sent = sendAnew(client);
  sendings.set(client, { sent });
  return sent;
}

function sendAnew(client: ClientView): Sent {
  if (!client.isGreeted || client.phase === 'ended') return null;
  const sender = senderOf(client);
  const next = sender.take(1);
  if (next === null) {
    const isDrained = sender.inFlight + sender.unsent === 0;
    if (client.phase !== 'stopping' || client.isStopAsked || !isDrained) return null;
    const message: ToNode = { kind: 'stop', endSeq: sender.nextSeq };
    return { client: { ...client, isStopAsked: true }, message };
  }
  const sent = withNumbers(client, sender);
  if (next.kind === 'gap') return { client: sent, message: { kind: 'gap', ...next.gap } };
  const sounds = next.frames.map((frame) => frame[0] ?? -1);
  const { firstSeq } = next;
  return { client: sent, message: { kind: 'audio', firstSeq, sounds, epoch: client.epoch } };
}

/** Takes one message from the present link. `null`: the link is to be given up. */
export function listen(
  client: ClientView,
  message: ToClient,
  broken: BrokenClient,
): ClientView | null {
  const owns = (epoch: number): boolean => {
    const gate = new EpochGate();
    gate.admit(SESSION, client.highestEpoch);
    return gate.admit(SESSION, epoch) && epoch === client.epoch;
  };
  switch (message.kind) {
    case 'resumed':
      return resumed(client, message, broken);
    case 'received': {
      if (!owns(message.epoch)) return client;
      const sender = senderOf(client);
      sender.received(message.seq);
      if (broken.forgetsReceived === true) sender.acked(message.seq);
      return withNumbers(client, sender);
    }
    case 'acked': {
      if (!owns(message.epoch)) return client;
      const sender = senderOf(client);
      sender.acked(message.seq);
      return withNumbers(client, sender);
    }
    case 'missing': {
      const sender = senderOf(client);
      sender.rewind(message.expectedSeq);
      return { ...withNumbers(client, sender), isStopAsked: false };
    }
    case 'fenced':
      return null;
    case 'stopped':
      return phaseAfter(client, 'end');
  }
}

function resumed(
  client: ClientView,
  { epoch, fromSeq, ackedSeq }: ToClient & { kind: 'resumed' },
  broken: BrokenClient,
): ClientView {
  const sender = senderOf(client);
  const before = sender.nextSeq;
  if (broken.reusesNumbers === true)
    sender.resume(fromSeq, Math.min(ackedSeq, before), WINDOW_FRAMES);
  else sender.resume(fromSeq, ackedSeq, WINDOW_FRAMES);
  if (client.awayTo !== null && broken.reusesNumbers !== true) {
    sender.skip(client.awayTo - sender.nextSeq);
  }
  const skipped = new Array<Sound>(sender.nextSeq - before).fill(null);
  const highestEpoch = Math.max(client.highestEpoch, epoch);
  return phaseAfter(
    {
      ...client,
      ...numbersOf(sender, 0),
      sounds: [...client.sounds, ...skipped],
      epoch,
      highestEpoch,
      isGreeted: true,
      isStopAsked: false,
      isTakenUp: true,
      awayTo: null,
    },
    'up',
  );
}

/** R11: what the mirror has of it. */
export function mirrored({ sounds, highestEpoch }: ClientView): MirrorView {
  return { sounds, epoch: highestEpoch };
}

/**
 * R12: another page begins with what the mirror has. `awayTo` is the number that the present moment
 * has on the timeline; null where the clock went back meanwhile.
 */
export function reload(
  { incarnation }: ClientView,
  mirror: MirrorView,
  awayTo: number | null,
): ClientView {
  const ring = restoreRing(keptAs(mirror));
  const sounds = mirror.sounds.map((_, seq): Sound => ring.read(seq, 1)[0]?.[0] ?? null);
  const blank: ClientView = {
    phase: 'connecting',
    incarnation: incarnation + 1,
    sounds,
    ...{ sentSeq: 0, highSeq: 0, receivedSeq: 0, ackedSeq: 0 },
    ...{ epoch: mirror.epoch, highestEpoch: mirror.epoch },
    ...{ link: null, isGreeted: false, isStopAsked: false },
    isTakenUp: false,
    awayTo,
  };
  return withNumbers(blank, new FrameSender(ring));
}

/** As the mirror writes it: runs of frames, the rest was never captured. */
function keptAs({ sounds, epoch }: MirrorView): Parameters<typeof restoreRing>[0] {
  const runs = sounds.flatMap((sound, firstSeq) =>
    sound === null ? [] : [{ firstSeq, frames: [Uint8Array.of(sound)] }],
  );
  return {
    head: {
      ...{ room: 'room', language: 'en', instance: 'instance', epoch, about: {} },
      started: {
        ...{ session: SESSION, secret: 'secret', epoch, recognizer: 'model', languages: [] },
        ...{ glossary: [], keptForS: 60, frameWindow: WINDOW_FRAMES },
      },
      ...{ startSeq: 0, nextSeq: sounds.length, capturedAtMs: 0, startedAtMs: 0 },
      stopping: false,
    },
    runs,
  };
}
