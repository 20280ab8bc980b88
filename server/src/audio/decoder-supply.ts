import { AppError } from '../../../shared/errors.ts';
import type { PacketDecoder } from './packet-decoder.ts';

/** Starts that may fail in a row before whoever waits is told so. */
export const MAX_START_ATTEMPTS = 3;
/** Pause before a decoder that failed while idle is started anew, doubled with each failure. */
export const FIRST_BACKOFF_MS = 500;
export const MAX_BACKOFF_MS = 30_000;

export interface DecoderSupplyOptions {
  /** Starts one decoder; may throw an AppError. */
  start: () => PacketDecoder;
  /** Decoders that may be starting at the same time. */
  maxSpawning: number;
  /** How many should be idle and ready just now. */
  idleTarget: () => number;
}

interface Request {
  attempts: number;
  resolve: (decoder: PacketDecoder) => void;
  reject: (error: unknown) => void;
}

/**
 * Keeps some decoders ready and hands them out, those that replace a lost one before newcomers.
 * A start costs 0.1 s of CPU, so only a few run at the same time.
 */
export class DecoderSupply {
  readonly #options: DecoderSupplyOptions;
  readonly #idle = new Set<PacketDecoder>();
  readonly #starting = new Set<PacketDecoder>();
  readonly #closing = new Set<Promise<void>>();
  readonly #requests = { replacement: new Set<Request>(), newcomer: new Set<Request>() };
  #failuresInARow = 0;
  #backoff: NodeJS.Timeout | null = null;
  #closedBy: AppError | null = null;
  #failures = 0;

  constructor(options: DecoderSupplyOptions) {
    this.#options = options;
  }

  get idle(): number {
    return this.#idle.size;
  }

  get starting(): number {
    return this.#starting.size;
  }

  /** Decoders that failed to start or were lost while idle. */
  get failures(): number {
    return this.#failures;
  }

  /**
   * A decoder that is ready. Rejects with the signal's reason, or with `decoder_failed` or
   * `program_missing` when starting keeps failing.
   */
  take(kind: 'replacement' | 'newcomer', signal: AbortSignal): Promise<PacketDecoder> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      if (this.#closedBy !== null) throw this.#closedBy;
      const leave = (): void => {
        this.#requests[kind].delete(request);
        signal.removeEventListener('abort', onAbort);
      };
      const request: Request = {
        attempts: 0,
        resolve: (decoder) => {
          leave();
          resolve(decoder);
        },
        reject: (error) => {
          leave();
          reject(error);
        },
      };
      const onAbort = (): void => {
        request.reject(signal.reason);
        this.tend();
      };
      signal.addEventListener('abort', onAbort);
      this.#requests[kind].add(request);
      this.tend();
    });
  }

  /** Hands out what is idle, starts what is missing, ends what is too much. */
  tend(): void {
    if (this.#closedBy !== null) return;
    for (const request of this.#waiting()) {
      const [decoder] = this.#idle;
      if (decoder === undefined) break;
      this.#idle.delete(decoder);
      this.#failuresInARow = 0;
      request.resolve(decoder);
    }
    const waiting = this.#waiting().length;
    const target = this.#options.idleTarget();
    for (const decoder of [...this.#idle].slice(target)) {
      this.#idle.delete(decoder);
      this.#end(decoder);
    }
    // While starting fails, only those who wait are worth another try.
    const spare = this.#backoff === null ? target - this.#idle.size : 0;
    const wanted = waiting + Math.max(0, spare);
    const room = Math.min(wanted, this.#options.maxSpawning) - this.#starting.size;
    for (let count = 0; count < room; count += 1) {
      // A failure tends by itself.
      if (!this.#start()) return;
    }
  }

  /** Idempotent; rejects whoever waits and resolves when no idle or starting process is left. */
  async close(error: AppError): Promise<void> {
    this.#closedBy ??= error;
    if (this.#backoff !== null) clearTimeout(this.#backoff);
    this.#backoff = null;
    for (const request of this.#waiting()) request.reject(this.#closedBy);
    for (const decoder of [...this.#idle, ...this.#starting]) this.#end(decoder);
    this.#idle.clear();
    await Promise.all(this.#closing);
  }

  #waiting(): Request[] {
    return [...this.#requests.replacement, ...this.#requests.newcomer];
  }

  #start(): boolean {
    let decoder: PacketDecoder;
    try {
      decoder = this.#options.start();
    } catch (error) {
      this.#onFailure(error);
      return false;
    }
    this.#starting.add(decoder);
    decoder.ready.then(
      () => this.#onReady(decoder),
      (error: unknown) => {
        this.#starting.delete(decoder);
        this.#end(decoder);
        this.#onFailure(error);
      },
    );
    return true;
  }

  #onReady(decoder: PacketDecoder): void {
    this.#starting.delete(decoder);
    if (this.#closedBy !== null) return;
    this.#idle.add(decoder);
    void decoder.lost.then(() => {
      if (this.#idle.delete(decoder)) this.#onFailure(null);
    });
    this.tend();
  }

  /** `error` is null for a decoder that was lost while idle, which nobody waits for. */
  #onFailure(error: unknown): void {
    if (this.#closedBy !== null) return;
    this.#failures += 1;
    if (error !== null) {
      for (const request of this.#waiting().slice(0, 1)) {
        request.attempts += 1;
        if (request.attempts >= MAX_START_ATTEMPTS || isMissing(error)) request.reject(error);
      }
    }
    if (this.#backoff === null) {
      const pauseMs = Math.min(FIRST_BACKOFF_MS * 2 ** this.#failuresInARow, MAX_BACKOFF_MS);
      this.#backoff = setTimeout(() => {
        this.#backoff = null;
        this.tend();
      }, pauseMs);
      this.#failuresInARow += 1;
    }
    this.tend();
  }

  #end(decoder: PacketDecoder): void {
    const closing = decoder.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof AppError && error.code === 'program_missing';
}
