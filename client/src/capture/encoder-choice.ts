import type { EncoderFactory } from './packet-encoder.ts';
import { openWasmEncoder } from './wasm-encoder.ts';
import { openWebCodecsEncoder } from './webcodecs-encoder.ts';

/** Encoders in the order in which they are tried; `?encoder=wasm` leaves the browser's own out. */
export function encoderFactories(query: URLSearchParams): readonly EncoderFactory[] {
  return query.get('encoder') === 'wasm'
    ? [openWasmEncoder]
    : [openWebCodecsEncoder, openWasmEncoder];
}
