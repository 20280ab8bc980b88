import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SAMPLE_RATE, SAMPLES_PER_FRAME } from '../../../shared/limits.ts';
import { DEFAULT_ENDPOINTING } from './endpointer.ts';
import { type SpeechEvent, segmentSpeech, type TimelineChunk } from './segment-speech.ts';
import {
  DETECTOR_WINDOW_SAMPLES,
  type DetectorMemory,
  decodeMemory,
  encodeMemory,
  type SpeechDetector,
} from './speech-detector.ts';
import { SpeechListener } from './speech-listener.ts';

/** Every so many samples one is looked at, to keep the properties quick. */
const PROBE = 64;

/** Judges by loudness with a memory of the last windows, as a recurrent detector does. */
const loudnessDetector: SpeechDetector = {
  name: 'loudness',
  open: () => {
    let memory = 0;
    return {
      judge: (samples) => {
        const probabilities = new Float32Array(samples.length / DETECTOR_WINDOW_SAMPLES);
        const memories: DetectorMemory[] = [];
        for (const index of probabilities.keys()) {
          const window = samples.subarray(
            index * DETECTOR_WINDOW_SAMPLES,
            (index + 1) * DETECTOR_WINDOW_SAMPLES,
          );
          let loudness = 0;
          for (let at = 0; at < window.length; at += PROBE) loudness += window[at] ?? 0;
          loudness /= window.length / PROBE;
          memory = 0.3 * memory + 0.7 * loudness;
          probabilities[index] = memory;
          memories.push(Float32Array.of(memory));
        }
        return Promise.resolve({ probabilities, memories });
      },
      recall: (recalled) => {
        memory = recalled?.[0] ?? 0;
      },
      close: () => undefined,
    };
  },
  close: () => Promise.resolve(),
};

/** Audio as runs of [frames, loudness]; the loudness ripples a little so that no two places tie. */
function audioOf(runs: readonly (readonly [number, number])[]): Float32Array {
  const frames = runs.reduce((sum, [count]) => sum + count, 0);
  const samples = new Float32Array(frames * SAMPLES_PER_FRAME);
  let at = 0;
  for (const [count, loudness] of runs) {
    for (let end = at + count * SAMPLES_PER_FRAME; at < end; at += 1) {
      samples[at] = loudness * (1 - 0.1 * Math.abs(Math.sin(at / 9000)));
    }
  }
  return samples;
}

async function* chunksOf(
  samples: Float32Array,
  startSeq: number,
  sizes: readonly number[],
): AsyncGenerator<TimelineChunk> {
  let frame = 0;
  for (let turn = 0; frame * SAMPLES_PER_FRAME < samples.length; turn += 1) {
    const count = sizes[turn % sizes.length] ?? 1;
    const part = samples.subarray(frame * SAMPLES_PER_FRAME, (frame + count) * SAMPLES_PER_FRAME);
    yield { kind: 'audio', startSeq: startSeq + frame, samples: part };
    frame += part.length / SAMPLES_PER_FRAME;
  }
}

type Cut = Exclude<SpeechEvent, { kind: 'growing' | 'settled' }>;

async function cutsOf(
  chunks: AsyncIterable<TimelineChunk>,
  startSeq = 0,
  memory: DetectorMemory | null = null,
) {
  const events: Cut[] = [];
  const listener = new SpeechListener(loudnessDetector, memory);
  const all = segmentSpeech(chunks, listener, DEFAULT_ENDPOINTING, startSeq);
  for await (const event of all) {
    if (event.kind !== 'growing' && event.kind !== 'settled') events.push(event);
  }
  return events;
}

const places = (events: readonly Cut[]) =>
  events.map((event) =>
    event.kind === 'closed'
      ? ['closed', event.startSeq, event.endSeq]
      : event.kind === 'silence'
        ? ['silence', event.ackedSeq]
        : event,
  );

test('[INV1] a segment that begins soon after another begins at its end', async () => {
  const samples = audioOf([
    [760, 1],
    [14, 0],
    [100, 1],
    [60, 0],
  ]);
  const [first, second] = places(await cutsOf(chunksOf(samples, 0, [5])));
  expect(first).toEqual(['closed', 0, expect.any(Number)]);
  expect(second).toEqual(['closed', Array.isArray(first) ? first[2] : null, expect.any(Number)]);
});

const runsArbitrary = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 300 }), fc.constantFrom(0, 0.05, 0.45, 0.8, 1)),
  { minLength: 1, maxLength: 8 },
);
const sizesArbitrary = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 });

describe('segmentSpeech', () => {
  test('a pause closes a segment, with pre-roll before and a tail after the speech', async () => {
    const samples = audioOf([
      [100, 0],
      [100, 1],
      [100, 0],
    ]);
    const [first, second] = await cutsOf(chunksOf(samples, 0, [5]));
    expect(first?.kind).toBe('closed');
    if (first?.kind !== 'closed') return;
    expect(first.startSeq).toBeGreaterThan(75);
    expect(first.startSeq).toBeLessThan(95);
    expect(first.endSeq).toBeGreaterThan(205);
    expect(first.endSeq).toBeLessThan(225);
    const frames = first.endSeq - first.startSeq;
    const pauseSamples = 0.544 * SAMPLE_RATE;
    expect(first.samples.length).toBeGreaterThan(frames * SAMPLES_PER_FRAME);
    expect(first.samples.length).toBeLessThan(frames * SAMPLES_PER_FRAME + pauseSamples);
    expect(second).toMatchObject({ kind: 'silence', ackedSeq: 300 });
  });

  test('[INV4] speech without a pause is cut before it grows too long, at its quietest place', async () => {
    const samples = audioOf([
      [700, 1],
      [6, 0.4],
      [900, 1],
    ]);
    const events = await cutsOf(chunksOf(samples, 0, [7]));
    const [first] = events;
    if (first?.kind !== 'closed') throw new Error('Expected a closed segment first');
    expect(first.endSeq).toBeGreaterThanOrEqual(698);
    expect(first.endSeq).toBeLessThanOrEqual(708);
    for (const event of events) {
      if (event.kind !== 'closed') continue;
      expect((event.endSeq - event.startSeq) * 20).toBeLessThanOrEqual(16_050);
    }
  });

  test('what a pause settles is what is read when it closes the segment, and silence behind it', async () => {
    const samples = audioOf([
      [100, 1],
      [20, 0.02],
      [60, 1],
      [100, 0.02],
    ]);
    const listener = new SpeechListener(loudnessDetector, null);
    const settled: Float32Array[] = [];
    const closed: Float32Array[] = [];
    const all = segmentSpeech(chunksOf(samples, 0, [5]), listener, DEFAULT_ENDPOINTING, 0);
    for await (const event of all) {
      if (event.kind === 'settled') settled.push(event.samples);
      if (event.kind === 'closed') closed.push(event.samples);
    }
    expect(settled).toHaveLength(2);
    expect(closed).toHaveLength(1);
    expect(closed[0]).toBe(settled[1]);
    const silence = DEFAULT_ENDPOINTING.silenceWindows * DETECTOR_WINDOW_SAMPLES;
    expect(closed[0]?.subarray(-silence).every((sample) => sample === 0)).toBe(true);
    expect(closed[0]?.at(-silence - 1)).not.toBe(0);
  });

  test('minutes of silence are acknowledged as they pass, and hold no memory', async () => {
    const events = await cutsOf(chunksOf(audioOf([[6000, 0]]), 0, [5]));
    const acks = events.map((event) => (event.kind === 'silence' ? event.ackedSeq : -1));
    expect(acks.length).toBeGreaterThan(20);
    expect(acks).toEqual([...acks].sort((a, b) => a - b));
    expect(acks.at(-1)).toBe(6000);
  });

  test('a gap closes what is open, and speech after it begins after it', async () => {
    async function* chunks(): AsyncGenerator<TimelineChunk> {
      yield* chunksOf(audioOf([[50, 1]]), 0, [5]);
      yield { kind: 'gap', fromSeq: 50, toSeq: 500 };
      yield* chunksOf(audioOf([[50, 1]]), 500, [5]);
    }
    const events = places(await cutsOf(chunks()));
    expect(events).toEqual([
      ['closed', 0, 50],
      { kind: 'gap', fromSeq: 50, toSeq: 500 },
      ['closed', 500, 550],
    ]);
  });

  test('[INV9] cuts do not depend on how the audio arrives', async () => {
    await fc.assert(
      fc.asyncProperty(runsArbitrary, sizesArbitrary, sizesArbitrary, async (runs, some, other) => {
        const samples = audioOf(runs);
        const one = await cutsOf(chunksOf(samples, 0, some));
        const two = await cutsOf(chunksOf(samples, 0, other));
        expect(places(two)).toEqual(places(one));
      }),
      { numRuns: 30 },
    );
  });

  test('[INV9] a node that takes over at any acknowledged frame makes the same cuts', async () => {
    await fc.assert(
      fc.asyncProperty(runsArbitrary, fc.nat(), async (runs, pick) => {
        const samples = audioOf(runs);
        const whole = await cutsOf(chunksOf(samples, 0, [5]));
        const at = pick % whole.length;
        const reached = whole[at];
        if (reached === undefined || reached.kind === 'gap') return;
        const seq = reached.kind === 'closed' ? reached.endSeq : reached.ackedSeq;
        const rest = samples.subarray(seq * SAMPLES_PER_FRAME);
        const memory = decodeMemory(encodeMemory(reached.memory));
        const resumed = await cutsOf(chunksOf(rest, seq, [3]), seq, memory);
        expect(places(resumed)).toEqual(places(whole.slice(at + 1)));
      }),
      { numRuns: 30 },
    );
  });

  test('[INV1] [INV2] segments never overlap, and every loud frame lies in one', async () => {
    await fc.assert(
      fc.asyncProperty(runsArbitrary, async (runs) => {
        const samples = audioOf(runs);
        const covered = new Set<number>();
        let reached = 0;
        for (const event of await cutsOf(chunksOf(samples, 0, [4]))) {
          if (event.kind !== 'closed') continue;
          expect(event.startSeq).toBeGreaterThanOrEqual(reached);
          reached = event.endSeq;
          for (let seq = event.startSeq; seq < event.endSeq; seq += 1) covered.add(seq);
        }
        let seq = 0;
        for (const [count, loudness] of runs) {
          // Shorter bursts are clicks, which open no segment.
          if (loudness === 1 && count >= 10) {
            for (let frame = 0; frame < count; frame += 1) expect(covered).toContain(seq + frame);
          }
          seq += count;
        }
      }),
      { numRuns: 30 },
    );
  });
});
