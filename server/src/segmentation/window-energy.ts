import { DETECTOR_WINDOW_SAMPLES } from './speech-detector.ts';

/** Mean square of each window of 512 samples; what does not fill a window is left out. */
export function windowEnergies(samples: Float32Array): number[] {
  const energies: number[] = [];
  for (let end = DETECTOR_WINDOW_SAMPLES; end <= samples.length; end += DETECTOR_WINDOW_SAMPLES) {
    let sum = 0;
    for (let at = end - DETECTOR_WINDOW_SAMPLES; at < end; at += 1) {
      const sample = samples[at] ?? 0;
      sum += sample * sample;
    }
    energies.push(sum / DETECTOR_WINDOW_SAMPLES);
  }
  return energies;
}
