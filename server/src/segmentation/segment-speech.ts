import { SAMPLES_PER_FRAME } from '../../../shared/limits.ts';
import { Endpointer, type Endpointing, framesInWindows, type WhatIsRead } from './endpointer.ts';
import { SampleBuffer } from './sample-buffer.ts';
import { DETECTOR_WINDOW_SAMPLES, type DetectorMemory } from './speech-detector.ts';
import type { SpeechListener } from './speech-listener.ts';
import { windowEnergies } from './window-energy.ts';

/** Windows judged at once: about a second, so that who catches up lets others pass. */
const MAX_JUDGED_WINDOWS = 32;

/** What the decoder yields: audio in whole frames, or frames that will never come. */
export type TimelineChunk =
  | { readonly kind: 'audio'; readonly startSeq: number; readonly samples: Float32Array }
  | { readonly kind: 'gap'; readonly fromSeq: number; readonly toSeq: number };

export type SpeechEvent =
  /**
   * The open segment was heard further; its last window with speech ended at `spokenSeq`. `read` copies all of it whenever it is called, so that a
   * late reader gets the newest audio; it returns null once the segment is closed.
   */
  | {
      readonly kind: 'growing';
      readonly startSeq: number;
      readonly heardSeq: number;
      readonly spokenSeq: number;
      readonly read: () => Float32Array | null;
    }
  /**
   * Should nothing more be said in the open segment, `samples` is what will be read of it: the event
   * that closes it then has the very same array.
   */
  | {
      readonly kind: 'settled';
      readonly startSeq: number;
      readonly heardSeq: number;
      readonly samples: Float32Array;
    }
  /** Frames [startSeq, endSeq) are one segment; `samples` may go on into the pause behind it. */
  | {
      readonly kind: 'closed';
      readonly startSeq: number;
      readonly endSeq: number;
      readonly samples: Float32Array;
      /** What the detector remembers at `endSeq`: whoever goes on there needs it. */
      readonly memory: DetectorMemory | null;
    }
  /** Every frame before `ackedSeq` that lies in no segment is silence. */
  | {
      readonly kind: 'silence';
      readonly ackedSeq: number;
      readonly memory: DetectorMemory | null;
    }
  | { readonly kind: 'gap'; readonly fromSeq: number; readonly toSeq: number };

/**
 * Cuts a session's audio into segments. Everything after a reset point depends only on the samples
 * after it and on what the listener remembers there (INV9): the endpointer starts afresh, so a node
 * that takes over at an acknowledged frame makes the same cuts. The listener stays the caller's.
 */
export async function* segmentSpeech(
  audio: AsyncIterable<TimelineChunk>,
  listener: SpeechListener,
  settings: Endpointing,
  startSeq: number,
): AsyncGenerator<SpeechEvent, void, undefined> {
  const buffer = new SampleBuffer();
  let baseSeq = startSeq;
  let judgedWindows = 0;
  let endpointer = new Endpointer(settings);
  let resetPoint = {};
  let settled: { readonly readWindow: number; readonly samples: Float32Array } | null = null;

  /** Makes the frame `frames` after the base, in `window`, the new reset point. */
  const restart = (frames: number, window: number): DetectorMemory | null => {
    buffer.dropFront(frames * SAMPLES_PER_FRAME);
    baseSeq += frames;
    judgedWindows = 0;
    endpointer = new Endpointer(settings);
    resetPoint = {};
    settled = null;
    return listener.restart(window);
  };

  const samplesOf = (startWindow: number, read: WhatIsRead): Float32Array => {
    if (settled?.readWindow === read.readWindow) return settled.samples;
    const heard = buffer.copy(
      framesInWindows(startWindow) * SAMPLES_PER_FRAME,
      read.readWindow * DETECTOR_WINDOW_SAMPLES,
    );
    if (read.silenceWindows === 0) return heard;
    const samples = new Float32Array(heard.length + read.silenceWindows * DETECTOR_WINDOW_SAMPLES);
    samples.set(heard);
    return samples;
  };

  /** Closes the segment and makes its end, in `endWindow`, the reset point. */
  const cut = (
    fromWindow: number,
    endFrame: number,
    endWindow: number,
    samples: Float32Array,
  ): SpeechEvent => {
    const startSeq = baseSeq + framesInWindows(fromWindow);
    const memory = restart(endFrame, endWindow);
    return { kind: 'closed', startSeq, endSeq: baseSeq, samples, memory };
  };

  /** Judges all whole windows that were not judged yet, as often as reset points move. */
  async function* judge(): AsyncGenerator<SpeechEvent, void, undefined> {
    while (true) {
      const whole = Math.floor(buffer.length / DETECTOR_WINDOW_SAMPLES);
      if (whole <= judgedWindows) return;
      const endWindow = Math.min(whole, judgedWindows + MAX_JUDGED_WINDOWS);
      const samples = buffer.copy(
        judgedWindows * DETECTOR_WINDOW_SAMPLES,
        endWindow * DETECTOR_WINDOW_SAMPLES,
      );
      const energies = windowEnergies(samples);
      await listener.hear(samples, energies);
      for (const energy of energies) {
        const decision = endpointer.push(listener.probabilityOf(judgedWindows), energy);
        judgedWindows += 1;
        if (decision.kind === 'close') {
          const { startWindow, endWindow } = decision;
          const samples = samplesOf(startWindow, decision);
          yield cut(startWindow, framesInWindows(endWindow), endWindow, samples);
          break;
        }
        if (decision.kind === 'settled') {
          const { startWindow, readWindow } = decision;
          const samples = samplesOf(startWindow, decision);
          settled = { readWindow, samples };
          yield {
            kind: 'settled',
            startSeq: baseSeq + framesInWindows(startWindow),
            heardSeq: baseSeq + framesInWindows(readWindow),
            samples,
          };
        }
        if (decision.kind === 'forget') {
          const memory = restart(framesInWindows(decision.beforeWindow), decision.beforeWindow);
          yield { kind: 'silence', ackedSeq: baseSeq, memory };
          break;
        }
      }
    }
  }

  /** Ends the audio heard so far, where nothing will follow it. */
  function* finish(): Generator<SpeechEvent, void, undefined> {
    const frames = buffer.length / SAMPLES_PER_FRAME;
    const open = endpointer.startWindow;
    if (open !== null) {
      const samples = buffer.copy(framesInWindows(open) * SAMPLES_PER_FRAME, buffer.length);
      yield cut(open, frames, judgedWindows, samples);
    } else if (frames > 0) {
      const memory = restart(frames, judgedWindows);
      yield { kind: 'silence', ackedSeq: baseSeq, memory };
    }
  }

  for await (const chunk of audio) {
    if (chunk.kind === 'gap') {
      yield* finish();
      yield chunk;
      baseSeq = chunk.toSeq;
      continue;
    }
    buffer.append(chunk.samples);
    yield* judge();
    const open = endpointer.startWindow;
    if (open !== null) {
      const startFrame = framesInWindows(open);
      const heardAt = resetPoint;
      yield {
        kind: 'growing',
        startSeq: baseSeq + startFrame,
        heardSeq: baseSeq + buffer.length / SAMPLES_PER_FRAME,
        spokenSeq: baseSeq + framesInWindows(endpointer.spokenWindows),
        read: () =>
          resetPoint === heardAt
            ? buffer.copy(startFrame * SAMPLES_PER_FRAME, buffer.length)
            : null,
      };
    }
  }
  yield* finish();
}
