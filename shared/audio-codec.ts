import { AppError } from './errors.ts';
import { MAX_FRAME_BYTES, MAX_FRAMES_PER_MESSAGE } from './limits.ts';

/**
 * Binary layout of one audio message, big endian:
 *
 * | offset | bytes | field |
 * | --- | --- | --- |
 * | 0 | 1 | layout version, 1 |
 * | 1 | 1 | reserved, 0 |
 * | 2 | 2 | number of frames n, 1 to 50 |
 * | 4 | 4 | `seq` of the first frame |
 * | 8 | 4 | epoch of the session |
 * | 12 | 2n | length of each frame, 1 to 1275 |
 * | 12+2n | … | the frames, each one Opus packet of 20 ms |
 */
export const AUDIO_LAYOUT_VERSION = 1;
export const AUDIO_HEADER_BYTES = 12;
const LENGTH_BYTES = 2;
/** `seq` is an unsigned 32-bit number: two years of speech. */
export const MAX_SEQ = 0xffff_ffff;

export interface AudioMessage {
  firstSeq: number;
  epoch: number;
  /** One Opus packet each; views into the message that was decoded, not copies. */
  frames: readonly Uint8Array[];
}

/** Largest message that {@link encodeAudio} can produce. */
export const MAX_AUDIO_MESSAGE_BYTES =
  AUDIO_HEADER_BYTES + MAX_FRAMES_PER_MESSAGE * (LENGTH_BYTES + MAX_FRAME_BYTES);

/** Encodes frames into one message; throws `audio_malformed` when a limit is broken. */
export function encodeAudio({ firstSeq, epoch, frames }: AudioMessage): Uint8Array<ArrayBuffer> {
  checkCount(frames.length);
  let payloadBytes = 0;
  for (const frame of frames) {
    checkFrameBytes(frame.byteLength);
    payloadBytes += frame.byteLength;
  }
  const headerBytes = AUDIO_HEADER_BYTES + LENGTH_BYTES * frames.length;
  const message = new Uint8Array(headerBytes + payloadBytes);
  const view = new DataView(message.buffer);
  view.setUint8(0, AUDIO_LAYOUT_VERSION);
  view.setUint16(2, frames.length);
  view.setUint32(4, firstSeq);
  view.setUint32(8, epoch);
  let offset = headerBytes;
  for (const [index, frame] of frames.entries()) {
    view.setUint16(AUDIO_HEADER_BYTES + LENGTH_BYTES * index, frame.byteLength);
    message.set(frame, offset);
    offset += frame.byteLength;
  }
  return message;
}

/** Decodes one message; throws `audio_malformed` unless every length adds up exactly. */
export function decodeAudio(message: Uint8Array): AudioMessage {
  if (message.byteLength < AUDIO_HEADER_BYTES) {
    throw malformed(`at least ${AUDIO_HEADER_BYTES} bytes`, `${message.byteLength}`);
  }
  if (message.byteLength > MAX_AUDIO_MESSAGE_BYTES) {
    throw malformed(`at most ${MAX_AUDIO_MESSAGE_BYTES} bytes`, `${message.byteLength}`);
  }
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  if (view.getUint8(0) !== AUDIO_LAYOUT_VERSION || view.getUint8(1) !== 0) {
    throw malformed(`layout version ${AUDIO_LAYOUT_VERSION}`, `${view.getUint16(0)}`);
  }
  const count = view.getUint16(2);
  checkCount(count);
  const firstSeq = view.getUint32(4);
  if (firstSeq + count - 1 > MAX_SEQ) throw malformed(`seq up to ${MAX_SEQ}`, 'an overflow');
  const frames: Uint8Array[] = [];
  let offset = AUDIO_HEADER_BYTES + LENGTH_BYTES * count;
  for (let index = 0; index < count; index += 1) {
    const lengthAt = AUDIO_HEADER_BYTES + LENGTH_BYTES * index;
    if (lengthAt + LENGTH_BYTES > message.byteLength) throw malformed('a whole header', 'a part');
    const frameBytes = view.getUint16(lengthAt);
    checkFrameBytes(frameBytes);
    if (offset + frameBytes > message.byteLength)
      throw malformed('whole frames', 'a truncated one');
    frames.push(message.subarray(offset, offset + frameBytes));
    offset += frameBytes;
  }
  if (offset !== message.byteLength) {
    throw malformed(`${offset} bytes`, `${message.byteLength}`);
  }
  return { firstSeq, epoch: view.getUint32(8), frames };
}

function checkCount(count: number): void {
  if (count < 1 || count > MAX_FRAMES_PER_MESSAGE) {
    throw malformed(`1 to ${MAX_FRAMES_PER_MESSAGE} frames`, `${count}`);
  }
}

function checkFrameBytes(bytes: number): void {
  if (bytes < 1 || bytes > MAX_FRAME_BYTES) {
    throw malformed(`frames of 1 to ${MAX_FRAME_BYTES} bytes`, `${bytes}`);
  }
}

function malformed(expected: string, got: string): AppError {
  return new AppError('audio_malformed', `Audio message: expected ${expected}, got ${got}.`);
}
