import { type Chunk, silence } from './audio-frame.ts';
import type { AudioSource } from './audio-source.ts';
import type { CaptureError } from './capture-error.ts';
import { type Level, LevelMeter } from './level-meter.ts';
import { Pace } from './pace.ts';
import type { EncoderFactory } from './packet-encoder.ts';
import { PauseGate } from './pause-gate.ts';
import { SteadyEncoder } from './steady-encoder.ts';
import { Ticker } from './ticker.ts';

/** A level that moves more often tells no more, and drawing it costs as much as encoding. */
const LEVEL_INTERVAL_MS = 180;

export interface CaptureOptions {
  factories: readonly EncoderFactory[];
  /** Takes one packet of 20 ms after another. */
  push(packet: Uint8Array): void;
  onLevel(level: Level): void;
  /** Which encoder is at work. */
  onEncoder(name: string): void;
  /** The source is gone: what was being said is ended with silence, and another may be attached. */
  onLost(error: CaptureError): void;
  /** A recording was played to its end. */
  onEnd(): void;
  /** No encoder works: nothing more will come. */
  onFailed(error: CaptureError): void;
}

/** From sound to packets: source → gate → encoder → push. One source at a time, replaceable. */
export class Capture {
  readonly #options: CaptureOptions;
  readonly #encoder: SteadyEncoder;
  readonly #gate = new PauseGate();
  #meter = new LevelMeter();
  #source: AudioSource | null = null;
  #tail: Ticker | null = null;
  #levelToldAt = Number.NEGATIVE_INFINITY;

  constructor(options: CaptureOptions) {
    this.#options = options;
    this.#encoder = new SteadyEncoder({
      factories: options.factories,
      onPacket: options.push,
      onOpened: options.onEncoder,
      onFailed: options.onFailed,
    });
  }

  get paused(): boolean {
    return !this.#gate.open;
  }

  /** Takes over the source and closes the one before; the timeline goes on. */
  attach(source: AudioSource): void {
    this.#source?.close();
    this.#source = source;
    this.#meter = new LevelMeter();
    source.start({
      onSound: (chunk) => this.#take(source, chunk),
      onLost: (error) => {
        if (this.#source !== source) return;
        this.pause();
        this.#source = null;
        source.close();
        this.#options.onLost(error);
      },
      onEnd: () => {
        if (this.#source === source) this.#options.onEnd();
      },
    });
    source.hold(this.paused);
  }

  /** Mutes: a second of silence ends the sentence, then nothing is sent. */
  pause(): void {
    this.#gate.pause();
    this.#source?.hold(true);
    this.#options.onLevel({ share: 0, unheard: false });
    if (this.#gate.inTail) this.#startTail();
  }

  resume(): void {
    this.#stopTail();
    this.#gate.resume();
    this.#source?.hold(false);
  }

  /** Ends the source and resolves when its last packet was pushed. */
  async finish(): Promise<void> {
    await this.#source?.drain();
    this.#releaseSource();
    await this.#encoder.flush();
  }

  close(): void {
    this.#releaseSource();
    this.#encoder.close();
  }

  #take(source: AudioSource, chunk: Chunk): void {
    if (this.#source !== source || !this.#gate.open) return;
    const level = this.#meter.push(chunk);
    const now = performance.now();
    if (now - this.#levelToldAt >= LEVEL_INTERVAL_MS) {
      this.#levelToldAt = now;
      this.#options.onLevel(level);
    }
    this.#encoder.encode(chunk);
  }

  #startTail(): void {
    this.#stopTail();
    const pace = new Pace(performance.now());
    this.#tail = new Ticker(() => {
      const frames = this.#gate.takeSilence(pace.due(performance.now()));
      if (frames > 0) this.#encoder.encode(silence(frames));
      if (!this.#gate.inTail) this.#stopTail();
    });
  }

  #stopTail(): void {
    this.#tail?.close();
    this.#tail = null;
  }

  #releaseSource(): void {
    this.#stopTail();
    this.#source?.close();
    this.#source = null;
  }
}
