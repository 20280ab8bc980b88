import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SAMPLES_PER_FRAME } from '../../../shared/limits.ts';
import { BoundedQueue } from '../async/bounded-queue.ts';
import { decodeFrames, type FrameDecoder } from './decode-frames.ts';
import type { InboxItem } from './frame-inbox.ts';

/** Gives each frame back as 320 samples of its own first byte, in pieces of the given sizes. */
function echoDecoder(piecesOf: readonly number[]): FrameDecoder {
  const out = new BoundedQueue<Float32Array>(1_000);
  let held: number[] = [];
  let turn = 0;
  const flush = (): void => {
    if (held.length === 0) return;
    const samples = new Float32Array(held.length * SAMPLES_PER_FRAME);
    for (const [index, value] of held.entries()) {
      samples.fill(value, index * SAMPLES_PER_FRAME, (index + 1) * SAMPLES_PER_FRAME);
    }
    held = [];
    out.offer(samples);
  };
  return {
    write: (packet) => {
      held.push(packet?.[0] ?? -1);
      if (held.length >= (piecesOf[turn % piecesOf.length] ?? 1)) {
        turn += 1;
        flush();
      }
      return Promise.resolve();
    },
    samples: () => out,
    end: () => {
      flush();
      out.end();
      return Promise.resolve();
    },
    close: () => {
      out.end();
      return Promise.resolve();
    },
  };
}

async function* from(items: readonly InboxItem[]): AsyncGenerator<InboxItem> {
  yield* items;
}

/** Frames carry their own number (up to 255), so that each sample tells where it belongs. */
function framesAt(firstSeq: number, count: number): InboxItem {
  const frames = Array.from({ length: count }, (_, at) => new Uint8Array([firstSeq + at]));
  return { kind: 'frames', firstSeq, frames };
}

async function placed(items: readonly InboxItem[], fromSeq: number, pieces: readonly number[]) {
  const seqs: number[] = [];
  const gaps: [number, number][] = [];
  for await (const chunk of decodeFrames(from(items), echoDecoder(pieces), fromSeq)) {
    if (chunk.kind === 'gap') {
      gaps.push([chunk.fromSeq, chunk.toSeq]);
      continue;
    }
    for (let at = 0; at < chunk.samples.length; at += SAMPLES_PER_FRAME) {
      const seq = chunk.startSeq + at / SAMPLES_PER_FRAME;
      expect(chunk.samples[at]).toBe(seq);
      seqs.push(seq);
    }
  }
  return { seqs, gaps };
}

const range = (start: number, end: number) =>
  Array.from({ length: end - start }, (_, at) => start + at);

test('frames before the resume point settle the decoder and are thrown away', async () => {
  const { seqs } = await placed([framesAt(5, 10)], 10, [3]);
  expect(seqs).toEqual(range(10, 15));
});

test('a gap that lies before the resume point is not told again', async () => {
  const items: InboxItem[] = [{ kind: 'gap', fromSeq: 5, toSeq: 8 }, framesAt(8, 6)];
  expect(await placed(items, 10, [2])).toEqual({ seqs: range(10, 14), gaps: [] });
});

test('[INV1] gaps lie where their frames would, also at the end', async () => {
  const items: InboxItem[] = [
    framesAt(0, 4),
    { kind: 'gap', fromSeq: 4, toSeq: 20 },
    framesAt(20, 3),
    { kind: 'gap', fromSeq: 23, toSeq: 30 },
  ];
  expect(await placed(items, 0, [1])).toEqual({
    seqs: [...range(0, 4), ...range(20, 23)],
    gaps: [
      [4, 20],
      [23, 30],
    ],
  });
});

test('[INV2] every sample has its place, however the decoder deals them out', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 9 })), {
        maxLength: 8,
      }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 0, max: 30 }),
      async (runs, pieces, fromSeq) => {
        const items: InboxItem[] = [];
        const expected: number[] = [];
        let seq = 0;
        for (const [frames, missing] of runs) {
          items.push(framesAt(seq, frames));
          expected.push(...range(seq, seq + frames).filter((at) => at >= fromSeq));
          seq += frames;
          if (missing === 0) continue;
          items.push({ kind: 'gap', fromSeq: seq, toSeq: seq + missing });
          seq += missing;
        }
        expect((await placed(items, fromSeq, pieces)).seqs).toEqual(expected);
      },
    ),
  );
});

test('a failing source ends the stage with its error', async () => {
  async function* failing(): AsyncGenerator<InboxItem> {
    yield framesAt(0, 1);
    throw new Error('the link broke');
  }
  const all = decodeFrames(failing(), echoDecoder([5]), 0);
  await expect(all.next()).rejects.toThrow('the link broke');
});
