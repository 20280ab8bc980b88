import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Marks what looks like a key of ours, for people and for scanners of leaked secrets. */
const MARK = 'parlance';
const ID_BYTES = 5;
const SECRET_BYTES = 32;
const KEY_PATTERN = /^parlance_([0-9a-f]{10})_([A-Za-z0-9_-]{43})$/;

/** A key as its holder has it: `parlance_<id>_<secret>`. */
export interface ApiKey {
  readonly id: string;
  readonly secret: string;
}

export function newApiKey(): ApiKey {
  return {
    id: randomBytes(ID_BYTES).toString('hex'),
    secret: randomBytes(SECRET_BYTES).toString('base64url'),
  };
}

export function formatApiKey({ id, secret }: ApiKey): string {
  return `${keyPrefix(id)}_${secret}`;
}

/** Null for what is no key of this form. */
export function parseApiKey(text: string): ApiKey | null {
  const [, id, secret] = KEY_PATTERN.exec(text) ?? [];
  return id === undefined || secret === undefined ? null : { id, secret };
}

/** What may be shown of a key. */
export function keyPrefix(id: string): string {
  return `${MARK}_${id}`;
}

/**
 * What is kept of a key. One round of SHA-256 is enough: the secret is 256 random bits, and no
 * slower function would make them harder to guess, as it does with passwords.
 */
export function hashKeySecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** Compares in constant time whatever the lengths, by comparing digests. */
export function equalSecrets(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
