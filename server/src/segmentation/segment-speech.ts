import { SAMPLES_PER_FRAME } from '../../../shared/limits.ts';
import { Endpointer, type Endpointing, framesInWindows } from './endpointer.ts';
import { SampleBuffer } from './sample-buffer.ts';
import { DETECTOR_WINDOW_SAMPLES, type SpeechDetectorStream } from './speech-detector.ts';

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
  /** Frames [startSeq, endSeq) are one segment; `samples` may go on into the pause behind it. */
  | {
      readonly kind: 'closed';
      readonly startSeq: number;
      readonly endSeq: number;
      readonly samples: Float32Array;
    }
  /** Every frame before `ackedSeq` that lies in no segment is silence. */
  | { readonly kind: 'silence'; readonly ackedSeq: number }
  | { readonly kind: 'gap'; readonly fromSeq: number; readonly toSeq: number };

/**
 * Cuts a session's audio into segments. Everything after a reset point depends only on the samples
 * after it (INV9): the detector and the endpointer start afresh there, so a node that takes over at
 * an acknowledged frame makes the same cuts.
 */
export async function* segmentSpeech(
  audio: AsyncIterable<TimelineChunk>,
  detector: SpeechDetectorStream,
  settings: Endpointing,
  startSeq: number,
): AsyncGenerator<SpeechEvent, void, undefined> {
  const buffer = new SampleBuffer();
  let baseSeq = startSeq;
  let judgedWindows = 0;
  let endpointer = new Endpointer(settings);
  let resetPoint = {};

  /** Makes the frame `frames` after the base the new reset point. */
  const restart = (frames: number): void => {
    buffer.dropFront(frames * SAMPLES_PER_FRAME);
    baseSeq += frames;
    judgedWindows = 0;
    endpointer = new Endpointer(settings);
    resetPoint = {};
    detector.reset();
  };

  const cut = (fromWindow: number, endFrame: number, readSample: number): SpeechEvent => {
    const startFrame = framesInWindows(fromWindow);
    return {
      kind: 'closed',
      startSeq: baseSeq + startFrame,
      endSeq: baseSeq + endFrame,
      samples: buffer.copy(startFrame * SAMPLES_PER_FRAME, readSample),
    };
  };

  /** Judges all whole windows that were not judged yet, as often as reset points move. */
  async function* judge(): AsyncGenerator<SpeechEvent, void, undefined> {
    while (true) {
      const whole = Math.floor(buffer.length / DETECTOR_WINDOW_SAMPLES);
      if (whole <= judgedWindows) return;
      const samples = buffer.copy(
        judgedWindows * DETECTOR_WINDOW_SAMPLES,
        whole * DETECTOR_WINDOW_SAMPLES,
      );
      const probabilities = await detector.judge(samples);
      for (const [index, probability] of probabilities.entries()) {
        const decision = endpointer.push(probability, windowEnergy(samples, index));
        judgedWindows += 1;
        if (decision.kind === 'close') {
          const endFrame = framesInWindows(decision.endWindow);
          yield cut(decision.startWindow, endFrame, decision.readWindow * DETECTOR_WINDOW_SAMPLES);
          restart(endFrame);
          break;
        }
        if (decision.kind === 'forget') {
          const frames = framesInWindows(decision.beforeWindow);
          yield { kind: 'silence', ackedSeq: baseSeq + frames };
          restart(frames);
          break;
        }
      }
    }
  }

  /** Ends the audio heard so far, where nothing will follow it. */
  function* finish(): Generator<SpeechEvent, void, undefined> {
    const frames = buffer.length / SAMPLES_PER_FRAME;
    const open = endpointer.startWindow;
    if (open !== null) yield cut(open, frames, buffer.length);
    else if (frames > 0) yield { kind: 'silence', ackedSeq: baseSeq + frames };
    restart(frames);
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

function windowEnergy(samples: Float32Array, index: number): number {
  const start = index * DETECTOR_WINDOW_SAMPLES;
  let sum = 0;
  for (let at = start; at < start + DETECTOR_WINDOW_SAMPLES; at += 1) {
    const sample = samples[at] ?? 0;
    sum += sample * sample;
  }
  return sum / DETECTOR_WINDOW_SAMPLES;
}
