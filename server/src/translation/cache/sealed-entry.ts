import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/** What a translation depends on. */
export interface CacheQuestion {
  /** The engine, and whatever else of it changes its answers, such as the model. */
  readonly engine: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

/** Where an entry lies, and the key that opens it. Neither tells anything about the text. */
export interface CachePlace {
  readonly name: string;
  readonly key: Buffer;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** So that a length tells little about what was said. */
const PADDING_BYTES = 128;
const LENGTH_BYTES = 4;
/** Another one makes every entry of before a miss. */
const VERSION = 1;

/**
 * Derives both from the text itself: whoever has the text finds and reads its translation, and nobody else
 * can. So when a room is erased, what its translations left here is noise, and gone after two hours.
 */
export function placeOf({ engine, from, to, text }: CacheQuestion): CachePlace {
  const question = JSON.stringify([VERSION, engine, from, to, text]);
  return {
    name: digest('parlance translation name', question).toString('hex'),
    key: digest('parlance translation key', question),
  };
}

export function seal(translation: string, { key, name }: CachePlace): Buffer {
  const text = Buffer.from(translation, 'utf8');
  const bytes = Math.ceil((LENGTH_BYTES + text.length) / PADDING_BYTES) * PADDING_BYTES;
  const padded = Buffer.alloc(bytes);
  padded.writeUInt32LE(text.length, 0);
  text.copy(padded, LENGTH_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(name));
  const sealed = Buffer.concat([cipher.update(padded), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** Null for whatever was not sealed for this very place. */
export function unseal(entry: Buffer, { key, name }: CachePlace): string | null {
  if (entry.length < NONCE_BYTES + TAG_BYTES + PADDING_BYTES) return null;
  const nonce = entry.subarray(0, NONCE_BYTES);
  const tag = entry.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const sealed = entry.subarray(NONCE_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv(CIPHER, key, nonce).setAAD(Buffer.from(name));
    decipher.setAuthTag(tag);
    const padded = Buffer.concat([decipher.update(sealed), decipher.final()]);
    const length = padded.readUInt32LE(0);
    if (length > padded.length - LENGTH_BYTES) return null;
    return padded.toString('utf8', LENGTH_BYTES, LENGTH_BYTES + length);
  } catch {
    // Another key, or an entry that was changed: a miss.
    return null;
  }
}

function digest(purpose: string, question: string): Buffer {
  return createHmac('sha256', purpose).update(question).digest();
}
