import { CAPTURE_RATE } from './audio-frame.ts';
import { FrameBatcher } from './frame-batcher.ts';
import { Resampler } from './resampler.ts';

/** Names of the audio thread's global scope, which the DOM typings leave out. */
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: typeof AudioWorkletProcessor): void;

/** Posts frames of 20 ms, 48 kHz mono; nothing else happens in the audio thread. */
class CaptureProcessor extends AudioWorkletProcessor {
  readonly #batcher = new FrameBatcher((frame) => {
    this.port.postMessage(frame, [frame.buffer]);
  });
  readonly #resampler =
    sampleRate === CAPTURE_RATE ? null : new Resampler(sampleRate, CAPTURE_RATE);

  process(inputs: readonly (readonly Float32Array[])[]): boolean {
    const block = inputs[0]?.[0];
    if (block !== undefined) this.#batcher.push(this.#resampler?.push(block) ?? block);
    return true;
  }
}

registerProcessor('parlance-capture', CaptureProcessor);
