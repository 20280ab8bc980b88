import type { OpenWire, Wire } from '../../client/src/live/wire.ts';
import type { SpeakClientEvents, SpeakServerEvents } from '../../shared/protocol.ts';

/** How often something happens to a message of audio, each a share of all messages. */
export interface Mangling {
  readonly lost: number;
  readonly doubled: number;
  /** Comes after the one that follows it. */
  readonly late: number;
  /** An old one comes again. */
  readonly replayed: number;
}

/** Old messages that may come again. */
const REMEMBERED = 40;

/**
 * A connection whose messages of audio are lost, doubled, swapped and replayed, as no TCP does but a
 * broken client might; everything else passes.
 */
export class ManglingWire {
  readonly #open: OpenWire<SpeakServerEvents, SpeakClientEvents>;
  readonly #share: Mangling;
  readonly #random: () => number;
  readonly counts = { lost: 0, doubled: 0, late: 0, replayed: 0 };

  constructor(
    open: OpenWire<SpeakServerEvents, SpeakClientEvents>,
    share: Mangling,
    random: () => number,
  ) {
    this.#open = open;
    this.#share = share;
    this.#random = random;
  }

  readonly open: OpenWire<SpeakServerEvents, SpeakClientEvents> = (handlers) => {
    const wire = this.#open(handlers);
    const past: Uint8Array[] = [];
    let late: Uint8Array | null = null;
    const happens = (kind: keyof Mangling): boolean => {
      if (this.#random() >= this.#share[kind]) return false;
      this.counts[kind] += 1;
      return true;
    };
    const audio = (message: Uint8Array): void => {
      if (late === null && happens('late')) {
        late = message;
        return;
      }
      if (!happens('lost')) wire.send('session:audio', message);
      if (happens('doubled')) wire.send('session:audio', message);
      if (late !== null) wire.send('session:audio', late);
      late = null;
      const old = past[Math.floor(this.#random() * past.length)];
      if (old !== undefined && happens('replayed')) wire.send('session:audio', old);
      past.push(message);
      past.splice(0, past.length - REMEMBERED);
    };
    const mangled: Wire<SpeakClientEvents> = {
      send(event, body) {
        if (event === 'session:audio' && body instanceof Uint8Array) audio(body);
        else wire.send(event, body);
      },
      request: (event, body, timeoutMs) => wire.request(event, body, timeoutMs),
      close: () => wire.close(),
    };
    return mangled;
  };
}
