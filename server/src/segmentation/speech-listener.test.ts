import { expect, test } from 'vitest';
import { KEPT_MEMORIES } from './detector-ear.ts';
import {
  DETECTOR_WINDOW_SAMPLES,
  type DetectorMemory,
  decodeMemory,
  encodeMemory,
  type SpeechDetector,
} from './speech-detector.ts';
import { SpeechListener } from './speech-listener.ts';
import { windowEnergies } from './window-energy.ts';

/**
 * Hears what is as loud as the loudest it remembers, up to a half; its memory is that loudness, and
 * how many windows it came from.
 */
function adaptingDetector() {
  const judged = { windows: 0 };
  let open = 0;
  const detector: SpeechDetector = {
    name: 'adapting',
    open: () => {
      open += 1;
      let memory: DetectorMemory = Float32Array.of(0, 0);
      return {
        judge: async (samples) => {
          const memories: DetectorMemory[] = [];
          const probabilities = Float32Array.from(windowEnergies(samples), (energy) => {
            judged.windows += 1;
            const loudness = Math.sqrt(energy);
            const [loudest = 0, windows = 0] = memory;
            memory = Float32Array.of(Math.max(loudness, loudest), windows + 1);
            memories.push(memory);
            return loudest === 0 ? 0.5 : Math.min(1, loudness / loudest);
          });
          return { probabilities, memories };
        },
        recall: (recalled) => {
          memory = recalled ?? Float32Array.of(0, 0);
        },
        close: () => {
          open -= 1;
        },
      };
    },
    close: async () => undefined,
  };
  return { detector, judged, openStreams: () => open };
}

const windowsOf = (...loudness: number[]): Float32Array =>
  Float32Array.from(
    { length: loudness.length * DETECTOR_WINDOW_SAMPLES },
    (_, at) => loudness[Math.floor(at / DETECTOR_WINDOW_SAMPLES)] ?? 0,
  );

const hear = (listener: SpeechListener, samples: Float32Array) =>
  listener.hear(samples, windowEnergies(samples));

test('a quiet voice is heard after a loud one, since one ear forgets at the reset point', async () => {
  const { detector } = adaptingDetector();
  const listener = new SpeechListener(detector, null);
  await hear(listener, windowsOf(1, 1));
  listener.restart(2);
  await hear(listener, windowsOf(0.125, 0.125));
  expect(listener.probabilityOf(0)).toBe(0.5);
  expect(listener.probabilityOf(1)).toBe(1);
});

test('[INV9] what is remembered is what was heard before the reset point, and nothing behind it', async () => {
  const { detector } = adaptingDetector();
  const listener = new SpeechListener(detector, null);
  await hear(listener, windowsOf(0.25, 0.5, 1));
  expect([...(listener.restart(2) ?? [])]).toEqual([0.5, 2]);
  await hear(listener, windowsOf(1));
  expect([...(listener.restart(0) ?? [])]).toEqual([0.5, 2]);
});

test('[INV9] a listener that goes on elsewhere hears the same', async () => {
  const { detector } = adaptingDetector();
  const first = new SpeechListener(detector, null);
  await hear(first, windowsOf(0.5, 0.25));
  const second = new SpeechListener(detector, decodeMemory(encodeMemory(first.restart(2))));
  for (const listener of [first, second]) await hear(listener, windowsOf(0.25, 0.375));
  expect([0, 1].map((at) => second.probabilityOf(at))).toEqual(
    [0, 1].map((at) => first.probabilityOf(at)),
  );
});

test('digital silence is not judged, is no speech and leaves the memory as it was', async () => {
  const { detector, judged } = adaptingDetector();
  const listener = new SpeechListener(detector, null);
  await hear(listener, windowsOf(0.5, 0, 0, 0.5));
  expect(judged.windows).toBe(2);
  expect([0, 1, 2, 3].map((at) => listener.probabilityOf(at))).toEqual([0.5, 0, 0, 1]);
  expect([...(listener.restart(3) ?? [])]).toEqual([0.5, 1]);
});

test('without a past one ear is enough', async () => {
  const { detector, judged } = adaptingDetector();
  const listener = new SpeechListener(detector, null);
  await hear(listener, windowsOf(0.5, 0.5));
  expect(judged.windows).toBe(2);
  listener.restart(2);
  await hear(listener, windowsOf(0.5, 0.5));
  expect(judged.windows).toBe(6);
});

test('[INV4] memories are kept for the last windows only', async () => {
  const { detector } = adaptingDetector();
  const listener = new SpeechListener(detector, null);
  await hear(listener, windowsOf(...Array<number>(KEPT_MEMORIES + 10).fill(0.5)));
  expect(() => listener.restart(10)).toThrow(`last ${KEPT_MEMORIES} windows`);
  expect([...(listener.restart(11) ?? [])]).toEqual([0.5, 11]);
});

test('closing lets both streams go', () => {
  const { detector, openStreams } = adaptingDetector();
  const listener = new SpeechListener(detector, null);
  expect(openStreams()).toBe(2);
  listener.close();
  expect(openStreams()).toBe(0);
});

test('a memory survives as text; what is none is nothing', () => {
  expect(decodeMemory(encodeMemory(Float32Array.of(1, -0.1, 3e-9)))).toEqual(
    Float32Array.of(1, -0.1, 3e-9),
  );
  expect(encodeMemory(null)).toBe('');
  expect(decodeMemory('')).toBeNull();
  expect(decodeMemory('AAAA')).toBeNull();
});
