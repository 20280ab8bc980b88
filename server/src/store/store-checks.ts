import { createHash } from 'node:crypto';
import type { FinalCaption, RecordEntry } from '../../../shared/captions.ts';
import { AppError, type ErrorCode } from '../../../shared/errors.ts';
import type { SessionKey, StoredGlossary } from './transcript-store.ts';

/** What every store checks and says in the same words. None of it repeats what was spoken (INV7). */

/** Secrets are random and long, so that a plain digest cannot be turned back. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

const REFUSALS = {
  room_not_found: () => 'Expected a room that exists, got one that was never opened or is gone.',
  room_ended: () => 'Expected a room that goes on, got one that has ended.',
  room_full: () => 'Expected room for one more, got a room at its limit.',
  not_room_owner: () => "Expected the room owner's secret, got another one.",
  session_not_found: () => 'Expected a session and its secret, got none that fit.',
  session_taken: () => 'Expected a session that nobody drives, got one in use elsewhere.',
  session_ended: () => 'Expected a session that goes on, got one that has ended.',
  session_fenced: () => 'Expected the newest epoch of the session, got an older one.',
  final_misplaced: (expected: string) => `Expected ${expected}, got a final that does not fit.`,
} satisfies Partial<Record<ErrorCode, (detail: string) => string>>;

export type Refusal = keyof typeof REFUSALS;

export function isRefusal(code: unknown): code is Refusal {
  return typeof code === 'string' && Object.hasOwn(REFUSALS, code);
}

/** The error for a refusal; `detail` is what was expected, or for a lease the time it still has. */
export function refused(code: Refusal, detail?: unknown): AppError {
  const retryAfterMs = code === 'session_taken' && typeof detail === 'number' ? detail : undefined;
  return new AppError(
    code,
    REFUSALS[code](String(detail ?? 'a final that fits')),
    retryAfterMs === undefined ? {} : { retryAfterMs },
  );
}

/** What a room has that was never given a glossary. */
export const NO_GLOSSARY: StoredGlossary = { version: 0, glossary: [] };

/** A source final must be one of the session and cover at least one frame. */
export function checkSource(key: SessionKey, caption: FinalCaption): void {
  if (caption.session !== key.session || caption.language !== caption.sourceLanguage) {
    throw refused('final_misplaced', "the session's own words in the spoken language");
  }
  if (caption.endSeq <= caption.startSeq) {
    throw refused('final_misplaced', 'at least one frame');
  }
}

/** The entry as it is kept; rejects with `invalid_message` above the limit (INV4). */
export function encodeEntry(entry: RecordEntry, maxEntryBytes: number): string {
  const encoded = JSON.stringify(entry);
  const bytes = Buffer.byteLength(encoded);
  if (bytes > maxEntryBytes) {
    throw new AppError(
      'invalid_message',
      `Expected an entry of at most ${maxEntryBytes} bytes, got ${bytes}.`,
    );
  }
  return encoded;
}

export function storeUnavailable(reason: string): AppError {
  return new AppError('store_unavailable', `The transcript store does not answer (${reason}).`);
}
