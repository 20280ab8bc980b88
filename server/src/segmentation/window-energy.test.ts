import { expect, test } from 'vitest';
import { DETECTOR_WINDOW_SAMPLES } from './speech-detector.ts';
import { windowEnergies } from './window-energy.ts';

test('each whole window has the mean square of its own samples', () => {
  const samples = new Float32Array(2.5 * DETECTOR_WINDOW_SAMPLES).fill(0.5);
  samples.fill(-0.25, DETECTOR_WINDOW_SAMPLES);
  expect(windowEnergies(samples)).toEqual([0.25, 0.0625]);
  expect(windowEnergies(new Float32Array(10))).toEqual([]);
});
