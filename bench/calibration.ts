import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { readSettings } from '../server/src/config/settings.ts';
import { findModel } from '../server/src/models/catalogue.ts';
import { ModelStore } from '../server/src/models/model-store.ts';
import { MODEL_FILES } from '../server/src/recognition/moonshine/model-files.ts';
import { SAMPLE_RATE } from '../shared/limits.ts';
import { percentile } from './scoring/percentiles.ts';

const PASSES = 5;
const AUDIO_SECONDS = 10;
const MICROSECONDS_PER_MS = 1000;
/** A tone that no quantisation takes for silence. */
const TONE_HZ = 220;
const TONE_LEVEL = 0.3;

/** How fast this machine is at the moment, in the work that counts most. */
export interface Calibration {
  /** One pass of the recogniser's encoder over ten seconds of sound, one thread; medians. */
  readonly encoderMs: number | null;
  /** The same in processor time: where it is much less, something else was running. */
  readonly encoderCpuMs: number | null;
}

/** Runs the encoder itself, so that the figure stays comparable whatever the server does with it. */
export async function calibrate(): Promise<Calibration> {
  const settings = readSettings();
  const folder = await new ModelStore(settings.PARLANCE_CACHE).require(
    findModel('moonshine-tiny-en'),
  );
  const session = await InferenceSession.create(join(folder, MODEL_FILES.encoder), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
  });
  const length = AUDIO_SECONDS * SAMPLE_RATE;
  const samples = Float32Array.from(
    { length },
    (_, index) => TONE_LEVEL * Math.sin((2 * Math.PI * TONE_HZ * index) / SAMPLE_RATE),
  );
  const input = {
    input_values: new Tensor('float32', samples, [1, length]),
    attention_mask: new Tensor('int64', new BigInt64Array(length).fill(1n), [1, length]),
  };
  try {
    const wall: number[] = [];
    const cpu: number[] = [];
    // The first pass allocates what the others use.
    await session.run(input);
    for (let pass = 0; pass < PASSES; pass += 1) {
      const cpuBefore = process.cpuUsage();
      const before = performance.now();
      await session.run(input);
      wall.push(performance.now() - before);
      const { user, system } = process.cpuUsage(cpuBefore);
      cpu.push((user + system) / MICROSECONDS_PER_MS);
    }
    return { encoderMs: percentile(wall, 50), encoderCpuMs: percentile(cpu, 50) };
  } finally {
    await session.release();
  }
}
