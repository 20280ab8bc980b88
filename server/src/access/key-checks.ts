import { AppError } from '../../../shared/errors.ts';
import type { KeyRecord } from './identity.ts';
import { MAX_KEYS, type StoredKey } from './key-store.ts';

/** What every key store says in the same words. */

/** A place is free sooner where somebody stops: it is worth asking again after this at the latest. */
const SESSIONS_RETRY_MS = 10_000;

export function nameTaken(name: string): AppError {
  return new AppError(
    'key_name_taken',
    `Expected a name that no key has, got "${name}": revoke that key first, or choose another name.`,
  );
}

export function tooManyKeys(): AppError {
  return new AppError(
    'too_many_keys',
    `Expected at most ${MAX_KEYS} keys, got one more: revoke those that nobody uses.`,
  );
}

export function noSuchKey(id: string): AppError {
  return new AppError('key_not_found', `Expected the id or name of a key, got "${id}".`);
}

/** `leftMs`: by when a place is free at the latest. */
export function tooManySessions(max: number, leftMs: number): AppError {
  return new AppError(
    'too_many_sessions',
    `Expected at most ${max} sessions of this key at the same time, got one more.`,
    { retryAfterMs: Math.min(SESSIONS_RETRY_MS, Math.max(1, Math.ceil(leftMs))) },
  );
}

/** What may leave a store: without the hash, which is nobody's business. */
export function recordOf({ secretHash: _, ...record }: StoredKey): KeyRecord {
  return record;
}
