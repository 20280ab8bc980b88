import type { AppError } from '../../../shared/errors.ts';
import { SAMPLES_PER_FRAME } from '../../../shared/limits.ts';
import type { DecoderLoss, PacketDecoder } from './packet-decoder.ts';

/**
 * A {@link PacketDecoder} without a process, for tests: each packet's samples all are the packet's
 * second byte / 256. It does what the test says: become ready, answer, die.
 */
export class ScriptedDecoder implements PacketDecoder {
  readonly pid = undefined;
  readonly ready: Promise<void>;
  readonly lost: Promise<DecoderLoss>;
  /** Everything it was fed, and how much of it was answered. */
  readonly fed: Uint8Array[] = [];
  answered = 0;
  closed = false;
  readonly #answers: 'at_once' | 'when_told';
  #receive: (samples: Float32Array) => void = () => {};
  #settle: (loss: DecoderLoss) => void = () => {};
  #becomeReady: () => void = () => {};
  #failStart: (error: AppError) => void = () => {};

  constructor(
    options: { ready?: 'at_once' | 'when_told'; answers?: 'at_once' | 'when_told' } = {},
  ) {
    const { ready = 'at_once', answers = 'at_once' } = options;
    this.#answers = answers;
    this.lost = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.ready = new Promise((resolve, reject) => {
      this.#becomeReady = resolve;
      this.#failStart = reject;
    });
    this.ready.catch(() => {});
    if (ready === 'at_once') this.becomeReady();
  }

  becomeReady(): void {
    this.#becomeReady();
  }

  failToStart(error: AppError): void {
    this.#failStart(error);
    this.die('not_started');
  }

  feed(packet: Uint8Array): void {
    this.fed.push(packet);
    if (this.#answers === 'at_once') this.answer();
  }

  /** Gives the samples of the oldest packets without an answer, all of them in one piece. */
  answer(packets = this.fed.length - this.answered): void {
    const samples = new Float32Array(packets * SAMPLES_PER_FRAME);
    for (let packet = 0; packet < packets; packet += 1) {
      const value = (this.fed[this.answered + packet]?.[1] ?? 0) / 256;
      samples.fill(value, packet * SAMPLES_PER_FRAME, (packet + 1) * SAMPLES_PER_FRAME);
    }
    this.answered += packets;
    this.#receive(samples);
  }

  die(reason: DecoderLoss['reason'] = 'exited'): void {
    this.#settle({ reason });
  }

  deliverTo(receive: (samples: Float32Array) => void): void {
    this.#receive = receive;
  }

  close(): Promise<void> {
    this.closed = true;
    this.die('closed');
    return Promise.resolve();
  }
}
