import type { Chunk } from './audio-frame.ts';
import { type EncoderEvents, EncoderUnsupported, type PacketEncoder } from './packet-encoder.ts';

export type ToEncoderWorker = { kind: 'sound'; chunk: Chunk } | { kind: 'flush'; flush: number };

export type FromEncoderWorker =
  | { kind: 'ready' }
  | { kind: 'packets'; packets: Uint8Array<ArrayBuffer>[] }
  | { kind: 'flushed'; flush: number }
  | { kind: 'failed'; message: string };

interface Waiting {
  resolve(): void;
  reject(error: Error): void;
}

/** Encodes with libopus in a worker, for browsers whose WebCodecs cannot encode Opus. */
export function openWasmEncoder(events: EncoderEvents): Promise<PacketEncoder> {
  if (typeof WebAssembly === 'undefined' || typeof Worker === 'undefined') {
    return Promise.reject(new EncoderUnsupported('Expected WebAssembly and workers, got neither.'));
  }
  const worker = new Worker(new URL('./wasm-encoder-worker.ts', import.meta.url), {
    type: 'module',
    name: 'opus',
  });
  const encoder = new WorkerEncoder(worker, events);
  return encoder.ready.then(() => encoder);
}

class WorkerEncoder implements PacketEncoder {
  readonly name = 'wasm';
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #events: EncoderEvents;
  readonly #flushes = new Map<number, Waiting>();
  #opening: Waiting | null = null;
  #nextFlush = 0;

  constructor(worker: Worker, events: EncoderEvents) {
    this.#worker = worker;
    this.#events = events;
    this.ready = new Promise((resolve, reject) => {
      this.#opening = { resolve, reject };
    });
    worker.onmessage = ({ data }: MessageEvent<FromEncoderWorker>) => this.#receive(data);
    worker.onerror = (event) => this.#fail(event.message || 'The worker could not be loaded.');
  }

  encode(chunk: Chunk): void {
    // Of a view, all of the memory behind it would be sent.
    const isView = chunk.byteLength < chunk.buffer.byteLength;
    this.#post({ kind: 'sound', chunk: isView ? chunk.slice() : chunk });
  }

  flush(): Promise<void> {
    const flush = this.#nextFlush++;
    return new Promise((resolve, reject) => {
      this.#flushes.set(flush, { resolve, reject });
      this.#post({ kind: 'flush', flush });
    });
  }

  close(): void {
    this.#worker.onmessage = null;
    this.#worker.onerror = null;
    this.#worker.terminate();
    this.#rejectWaiting(new Error('Expected an open encoder, got a closed one.'));
  }

  #post(message: ToEncoderWorker): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromEncoderWorker): void {
    if (message.kind === 'ready') {
      this.#opening?.resolve();
      this.#opening = null;
    } else if (message.kind === 'packets') {
      for (const packet of message.packets) this.#events.onPacket(packet);
    } else if (message.kind === 'flushed') {
      this.#flushes.get(message.flush)?.resolve();
      this.#flushes.delete(message.flush);
    } else {
      this.#fail(message.message);
    }
  }

  #fail(reason: string): void {
    const error = new Error(`Expected the WebAssembly encoder to work, got: ${reason}`);
    const opening = this.#opening !== null;
    this.close();
    if (!opening) this.#events.onError(error);
  }

  #rejectWaiting(error: Error): void {
    this.#opening?.reject(error);
    this.#opening = null;
    for (const waiting of this.#flushes.values()) waiting.reject(error);
    this.#flushes.clear();
  }
}
