import { SAMPLES_PER_FRAME } from '../../../shared/limits.ts';
import type { OpusDecoderStream } from '../audio/opus-decoder-stream.ts';
import type { TimelineChunk } from '../segmentation/segment-speech.ts';
import type { InboxItem } from './frame-inbox.ts';

/** What this stage needs of an {@link OpusDecoderStream}. */
export interface FrameDecoder extends Pick<OpusDecoderStream, 'write' | 'end' | 'close'> {
  samples(): AsyncIterable<Float32Array>;
}

/** What the samples that come out of the decoder next belong to. */
type Run =
  | { readonly kind: 'keep'; startSeq: number; frames: number }
  /** Heard only so that the decoder settles after a resume. */
  | { readonly kind: 'discard'; frames: number }
  | { readonly kind: 'gap'; readonly fromSeq: number; readonly toSeq: number };

/**
 * Decodes a session's frames and puts each sample in its place on the timeline: 320 samples a
 * frame, whatever was corrupt or replaced in between. Frames before `fromSeq` are decoded and
 * thrown away. The decoder stays the caller's.
 */
export async function* decodeFrames(
  items: AsyncIterable<InboxItem>,
  decoder: FrameDecoder,
  fromSeq: number,
): AsyncGenerator<TimelineChunk, void, undefined> {
  const runs: Run[] = [];

  const expect = (seq: number): void => {
    const last = runs.at(-1);
    if (seq < fromSeq) {
      if (last?.kind === 'discard') last.frames += 1;
      else runs.push({ kind: 'discard', frames: 1 });
    } else if (last?.kind === 'keep') {
      last.frames += 1;
    } else {
      runs.push({ kind: 'keep', startSeq: seq, frames: 1 });
    }
  };

  const feed = async (): Promise<void> => {
    try {
      for await (const item of items) {
        if (item.kind === 'gap') {
          // What was missed before the first kept frame was only meant to settle the decoder.
          if (item.toSeq > fromSeq) {
            runs.push({ ...item, fromSeq: Math.max(item.fromSeq, fromSeq) });
          }
          continue;
        }
        for (const [index, frame] of item.frames.entries()) {
          expect(item.firstSeq + index);
          await decoder.write(frame);
        }
      }
      await decoder.end();
    } catch (error) {
      // The reader below waits for samples: closing the decoder lets it go, and the error follows.
      await decoder.close();
      throw error;
    }
  };

  const fed = feed();
  fed.catch(() => undefined);
  for await (const samples of decoder.samples()) {
    yield* place(runs, samples);
  }
  await fed;
  for (const run of runs) if (run.kind === 'gap') yield run;
}

/** Deals samples out to the runs they belong to; gaps come out where they lie. */
function* place(runs: Run[], samples: Float32Array): Generator<TimelineChunk, void, undefined> {
  let at = 0;
  while (at < samples.length) {
    const run = runs[0];
    if (run === undefined) throw new Error('Expected samples of known frames, got more.');
    if (run.kind === 'gap') {
      runs.shift();
      yield run;
      continue;
    }
    const frames = Math.min(run.frames, (samples.length - at) / SAMPLES_PER_FRAME);
    const end = at + frames * SAMPLES_PER_FRAME;
    if (run.kind === 'keep') {
      yield { kind: 'audio', startSeq: run.startSeq, samples: samples.subarray(at, end) };
      run.startSeq += frames;
    }
    run.frames -= frames;
    if (run.frames === 0) runs.shift();
    at = end;
  }
}
