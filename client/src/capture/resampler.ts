/** Input samples on either side of a point that shape the output there. */
const HALF_TAPS = 16;
/** Fractions of a sample for which weights are kept: finer than speech can show. */
const PHASES = 512;
/** Pass band as a share of the lower Nyquist frequency; the rest is the filter's slope. */
const PASS_BAND = 0.92;

/**
 * Streaming sample-rate conversion by a windowed sinc (Smith, "Digital Audio Resampling",
 * 2002). For browsers that cannot open a microphone in a context of 48 kHz.
 */
export class Resampler {
  readonly #fromRate: number;
  readonly #toRate: number;
  readonly #weights: readonly Float32Array[];
  /** Input not yet fully used; begins with the samples before the next output. */
  #held: Float32Array = new Float32Array(HALF_TAPS - 1);
  /** Place of the next output in `#held`: whole samples, and the rest in parts of `toRate`. */
  #whole = HALF_TAPS - 1;
  #rest = 0;

  /** Rates are whole numbers in Hz. */
  constructor(fromRate: number, toRate: number) {
    this.#fromRate = fromRate;
    this.#toRate = toRate;
    const cutoff = PASS_BAND * Math.min(1, toRate / fromRate);
    this.#weights = Array.from({ length: PHASES }, (_, phase) => weightsAt(phase / PHASES, cutoff));
  }

  /** Takes mono samples and gives back what can be told from them so far. */
  push(input: Float32Array): Float32Array {
    const held = new Float32Array(this.#held.length + input.length);
    held.set(this.#held);
    held.set(input, this.#held.length);
    const output: number[] = [];
    while (this.#whole + HALF_TAPS < held.length) {
      output.push(this.#nextSample(held));
      this.#rest += this.#fromRate;
      this.#whole += Math.floor(this.#rest / this.#toRate);
      this.#rest %= this.#toRate;
    }
    const used = this.#whole - (HALF_TAPS - 1);
    this.#held = held.slice(used);
    this.#whole -= used;
    return Float32Array.from(output);
  }

  #nextSample(held: Float32Array): number {
    const weights = this.#weights[Math.floor((this.#rest / this.#toRate) * PHASES)] ?? [];
    let sum = 0;
    for (let tap = 0; tap < 2 * HALF_TAPS; tap += 1) {
      sum += (weights[tap] ?? 0) * (held[this.#whole - HALF_TAPS + 1 + tap] ?? 0);
    }
    return sum;
  }
}

function weightsAt(fraction: number, cutoff: number): Float32Array {
  const weights = new Float32Array(2 * HALF_TAPS);
  let sum = 0;
  for (let tap = 0; tap < weights.length; tap += 1) {
    const distance = tap - HALF_TAPS + 1 - fraction;
    const weight = sinc(distance * cutoff) * window(distance / HALF_TAPS);
    weights[tap] = weight;
    sum += weight;
  }
  return weights.map((weight) => weight / sum);
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Blackman window over −1…1. */
function window(x: number): number {
  if (Math.abs(x) >= 1) return 0;
  return 0.42 + 0.5 * Math.cos(Math.PI * x) + 0.08 * Math.cos(2 * Math.PI * x);
}
