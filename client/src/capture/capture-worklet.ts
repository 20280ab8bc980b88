import { CAPTURE_RATE, type Chunk } from './audio-frame.ts';
import { FrameBatcher } from './frame-batcher.ts';
import { Resampler } from './resampler.ts';

/** Names of the audio thread's global scope, which the DOM typings leave out. */
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: typeof AudioWorkletProcessor): void;

/** What the audio thread posts: sound, or that all of it was posted, when it was asked to. */
export type FromCaptureWorklet = Chunk | 'drained';

/** Posts chunks of 48 kHz mono; nothing else happens in the audio thread. */
class CaptureProcessor extends AudioWorkletProcessor {
  readonly #batcher = new FrameBatcher((chunk) => {
    this.port.postMessage(chunk satisfies FromCaptureWorklet, [chunk.buffer]);
  });
  readonly #resampler =
    sampleRate === CAPTURE_RATE ? null : new Resampler(sampleRate, CAPTURE_RATE);

  constructor() {
    super();
    this.port.onmessage = () => {
      this.#batcher.flush();
      this.port.postMessage('drained' satisfies FromCaptureWorklet);
    };
  }

  process(inputs: readonly (readonly Float32Array[])[]): boolean {
    const block = inputs[0]?.[0];
    if (block !== undefined) this.#batcher.push(this.#resampler?.push(block) ?? block);
    return true;
  }
}

registerProcessor('parlance-capture', CaptureProcessor);
