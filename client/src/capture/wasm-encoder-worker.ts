import opusUrl from '@evan/opus/wasm/opus.wasm?url';
import { framesOf } from './audio-frame.ts';
import { LibopusEncoder, loadLibopus } from './libopus.ts';
import type { FromEncoderWorker, ToEncoderWorker } from './wasm-encoder.ts';

const encoder = openEncoder();

/** Each message waits for the one before, so packets keep the order of their frames. */
let turn: Promise<void> = encoder.then(
  () => answer({ kind: 'ready' }),
  (error: unknown) => fail(error),
);

self.addEventListener('message', (event: MessageEvent<ToEncoderWorker>) => {
  turn = turn.then(async () => handle(event.data, await encoder)).catch(fail);
});

async function openEncoder(): Promise<LibopusEncoder> {
  const answer = await fetch(opusUrl);
  if (!answer.ok) throw new Error(`Expected the encoder's file, got status ${answer.status}.`);
  return new LibopusEncoder(await loadLibopus(await answer.arrayBuffer()));
}

function handle(message: ToEncoderWorker, opus: LibopusEncoder): void {
  if (message.kind === 'flush') {
    answer({ kind: 'flushed', flush: message.flush });
    return;
  }
  const packets = framesOf(message.chunk).map((frame) => opus.encode(frame));
  answer(
    { kind: 'packets', packets },
    packets.map(({ buffer }) => buffer),
  );
}

function fail(error: unknown): void {
  answer({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
}

function answer(message: FromEncoderWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}
