import { FRAME_MS } from '../../../shared/limits.ts';
import { CAPTURE_RATE, type Chunk, FRAME_SAMPLES, silence } from './audio-frame.ts';
import type { AudioSource, SourceListener } from './audio-source.ts';
import { CaptureError } from './capture-error.ts';
import { Pace } from './pace.ts';
import { Ticker } from './ticker.ts';

/** Larger files do not fit into a page's memory once they are decoded. */
export const MAX_FILE_BYTES = 300 * 1024 * 1024;
/** Progress is told this often while it plays: pages show seconds. */
const PROGRESS_FRAMES = 1000 / FRAME_MS;

export interface FileProgress {
  playedMs: number;
  totalMs: number;
}

export interface FileSourceOptions {
  onProgress(progress: FileProgress): void;
  /** Resolves when more may be sent: a recording can wait where a microphone cannot. */
  whenWritable(): Promise<void>;
}

/** Decodes an audio file in the page; rejects with a {@link CaptureError} that says why not. */
export async function openAudioFile(file: File): Promise<AudioFile> {
  if (file.size > MAX_FILE_BYTES) {
    const message = `Expected at most ${MAX_FILE_BYTES} bytes, got ${file.size}.`;
    throw new CaptureError('file_too_large', message);
  }
  try {
    // Decoding in a context of 48 kHz also resamples; it needs neither a device nor a gesture.
    const context = new OfflineAudioContext(1, 1, CAPTURE_RATE);
    const decoded = await context.decodeAudioData(await file.arrayBuffer());
    return new AudioFile(file.name, decoded);
  } catch (cause) {
    throw new CaptureError('file_unreadable', 'Expected an audio file, got undecodable bytes.', {
      cause,
    });
  }
}

/** A decoded recording; each {@link open} plays it once from its beginning. */
export class AudioFile {
  readonly name: string;
  readonly #channels: readonly Float32Array[];
  readonly #samples: number;

  constructor(name: string, decoded: AudioBuffer) {
    this.name = name;
    this.#samples = decoded.length;
    this.#channels = Array.from({ length: decoded.numberOfChannels }, (_, index) =>
      decoded.getChannelData(index),
    );
  }

  get frames(): number {
    return Math.ceil(this.#samples / FRAME_SAMPLES);
  }

  open(options: FileSourceOptions): AudioSource {
    return new FileSource(this, options);
  }

  /** `frames` frames from frame `first` on, mixed down to mono; the last one ends in silence. */
  read(first: number, frames: number): Chunk {
    const chunk = silence(frames);
    const start = first * FRAME_SAMPLES;
    const end = Math.min(start + chunk.length, this.#samples);
    const share = 1 / this.#channels.length;
    for (const channel of this.#channels) {
      let at = 0;
      for (const sample of channel.subarray(start, end)) {
        chunk[at] = (chunk[at] ?? 0) + sample * share;
        at += 1;
      }
    }
    return chunk;
  }
}

class FileSource implements AudioSource {
  readonly kind = 'file';
  readonly label: string;
  readonly #file: AudioFile;
  readonly #options: FileSourceOptions;
  readonly #pace = new Pace(performance.now());
  #ticker: Ticker | null = null;
  #next = 0;
  /** Where it was when its progress was last told. */
  #told = 0;
  #held = false;
  #writable = true;

  constructor(file: AudioFile, options: FileSourceOptions) {
    this.label = file.name;
    this.#file = file;
    this.#options = options;
  }

  start(listener: SourceListener): void {
    this.#pace.restart(performance.now());
    this.#ticker = new Ticker(() => this.#tick(listener));
  }

  hold(held: boolean): void {
    this.#held = held;
    this.#tell();
  }

  async drain(): Promise<void> {
    // What was due has been handed over; the rest of a recording was not spoken yet.
  }

  close(): void {
    this.#ticker?.close();
    this.#ticker = null;
  }

  #tick(listener: SourceListener): void {
    const now = performance.now();
    if (this.#held || !this.#writable) {
      this.#pace.restart(now);
      return;
    }
    const frames = Math.min(this.#pace.due(now), this.#file.frames - this.#next);
    if (frames > 0) {
      listener.onSound(this.#file.read(this.#next, frames));
      this.#next += frames;
    }
    const isOver = this.#next >= this.#file.frames;
    if (isOver || this.#next - this.#told >= PROGRESS_FRAMES) this.#tell();
    if (isOver) {
      this.close();
      listener.onEnd?.();
      return;
    }
    this.#awaitWritable();
  }

  #tell(): void {
    this.#told = this.#next;
    this.#options.onProgress({
      playedMs: this.#next * FRAME_MS,
      totalMs: this.#file.frames * FRAME_MS,
    });
  }

  #awaitWritable(): void {
    this.#writable = false;
    const go = () => {
      this.#writable = true;
    };
    // A closed client rejects; its owner hears of that elsewhere and closes this source.
    this.#options.whenWritable().then(go, go);
  }
}
