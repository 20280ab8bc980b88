import { AppError } from '../../../shared/errors.ts';
import { type ApiKey, equalSecrets, parseApiKey } from './api-key.ts';
import {
  ACCESS_KEY_ID,
  type Identity,
  type KeyIdentity,
  type KeyRecord,
  may,
  SCOPES,
  type Scope,
  type TokenIdentity,
  type TokenRole,
} from './identity.ts';
import { recordOf } from './key-checks.ts';
import type { KeyRing } from './key-ring.ts';
import {
  keyExpired,
  keyMissing,
  keyRevoked,
  keyWrong,
  refusalOf,
  tokenExpired,
} from './refusals.ts';
import { readRoomToken, signRoomToken, tokenId, tokenKeyId, tokenSecret } from './room-tokens.ts';

/**
 * A session's link for its readers changes at most this often, so that one on a slide goes on
 * working, and lives for at least as long again.
 */
const WATCH_LINK_STEP_S = 7 * 86_400;

/** How long a viewer may come back after it joined by a token: a whole day of talks. */
const RETURN_S = 86_400;

export interface AccessOptions {
  /** `ACCESS_KEY`. */
  readonly accessKey: string | null;
  readonly keys: KeyRing;
  /** Whether everybody may do everything while there is no key at all. */
  readonly opens: boolean;
  /** How long a room is kept, in seconds: its readers' links live longer. */
  readonly keptForS: number;
}

export interface TokenRequest {
  readonly room: string;
  readonly role: TokenRole;
  readonly seconds: number;
}

export interface IssuedToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

/** Who asks, and what they may do: by keys, and by room tokens in the name of one. */
export class Access {
  readonly #accessKey: string | null;
  readonly #keys: KeyRing;
  readonly #opens: boolean;
  readonly #keptForS: number;

  constructor({ accessKey, keys, opens, keptForS }: AccessOptions) {
    this.#accessKey = accessKey;
    this.#keys = keys;
    this.#opens = opens;
    this.#keptForS = keptForS;
  }

  get keyRequired(): boolean {
    return !this.#opens || this.#accessKey !== null || !this.#keys.isEmpty;
  }

  /** Who shows this credential: a stranger where it does not hold, or where that can not be known now. */
  async identify(credential: string | undefined): Promise<Identity> {
    if (!this.keyRequired) return { kind: 'anyone' };
    if (credential === undefined || credential === '') return stranger(keyMissing());
    try {
      return await this.#identify(credential);
    } catch (error) {
      if (error instanceof AppError) return stranger(error);
      throw error;
    }
  }

  /** Throws what somebody is told who may not do this. */
  check(identity: Identity, scope: Scope, room?: string): void {
    if (!may(identity, scope, room)) throw refusalOf(identity, scope, room);
  }

  /**
   * A token for one room in the name of a key, which gives away nothing that it may not do itself.
   * Rejects with `forbidden`, or `keys_required` where there is no key to sign with.
   */
  async issue(identity: Identity, { room, role, seconds }: TokenRequest): Promise<IssuedToken> {
    this.check(identity, 'tokens');
    this.check(identity, role);
    if (identity.kind !== 'key') {
      throw new AppError(
        'keys_required',
        'Expected a key to make tokens with, got a server without one: here everybody may speak.',
      );
    }
    const { key } = identity;
    const latest = Math.floor((key.expiresAtMs ?? Number.POSITIVE_INFINITY) / 1000);
    const exp = Math.min(Math.floor(Date.now() / 1000) + seconds, latest);
    const secret = this.#tokenSecret(key.id);
    const token = await signRoomToken(secret, key.id, { room, role, exp }, true);
    return { token, expiresAtMs: exp * 1000 };
  }

  /** What lets others watch a room in which this one speaks; undefined where nothing is needed. */
  async watchToken(identity: Identity, room: string): Promise<string | undefined> {
    const keyId = keyOf(identity)?.id;
    if (keyId === undefined) return undefined;
    const steps = Math.floor((Date.now() / 1000 + this.#keptForS) / WATCH_LINK_STEP_S);
    const exp = (steps + 2) * WATCH_LINK_STEP_S;
    const claims = { room, role: 'watch' as const, exp };
    return await signRoomToken(this.#tokenSecret(keyId), keyId, claims, false);
  }

  /**
   * What a viewer may come back with whose own token runs out sooner; undefined where nothing is
   * needed. One that came by such a token gets no other: nobody stays for ever by a link of a minute.
   */
  async returnToken(identity: Identity): Promise<string | undefined> {
    if (identity.kind !== 'token' || identity.isReturn) return undefined;
    const exp = Math.floor(Date.now() / 1000) + RETURN_S;
    const { key, room, expiresAtMs } = identity;
    if (expiresAtMs >= exp * 1000) return undefined;
    const claims = { room, role: 'watch', exp, back: true } as const;
    return await signRoomToken(this.#tokenSecret(key.id), key.id, claims, true);
  }

  /** Whether sessions of this key are over. Rejects with `store_unavailable` where that is not known. */
  async isRevoked(keyId: string): Promise<boolean> {
    if (!isGuarded(keyId)) return false;
    const key = await this.#keys.find(keyId);
    return key === null || key.revokedAtMs !== null;
  }

  /** Calls back once when the key is revoked; returns what ends the watch. */
  guard(keyId: string, revoked: () => void): () => void {
    return isGuarded(keyId) ? this.#keys.guard(keyId, revoked) : () => undefined;
  }

  async #identify(credential: string): Promise<Identity> {
    if (this.#accessKey !== null && equalSecrets(credential, this.#accessKey)) {
      return { kind: 'key', key: ACCESS_KEY };
    }
    const apiKey = parseApiKey(credential);
    if (apiKey !== null) return await this.#byKey(apiKey);
    const keyId = tokenKeyId(credential);
    return keyId === null ? stranger(keyWrong()) : await this.#byToken(credential, keyId);
  }

  async #byKey(apiKey: ApiKey): Promise<Identity> {
    const stored = await this.#keys.match(apiKey);
    if (stored === null) return stranger(keyWrong());
    if (stored.revokedAtMs !== null) return stranger(keyRevoked());
    const identity: KeyIdentity = { kind: 'key', key: recordOf(stored) };
    if (isOver(stored)) return { kind: 'expired', of: identity, refusal: keyExpired() };
    this.#keys.used(stored.id);
    return identity;
  }

  async #byToken(token: string, keyId: string): Promise<Identity> {
    const key = await this.#signer(keyId);
    const read = await readRoomToken(this.#tokenSecret(keyId), token, Date.now());
    if (key === null || read === null) return stranger(keyWrong());
    if (key.revokedAtMs !== null) return stranger(keyRevoked());
    const { room, role, exp, back = false } = read.claims;
    const identity: TokenIdentity = {
      kind: 'token',
      id: tokenId(token),
      key,
      room,
      role,
      expiresAtMs: exp * 1000,
      isReturn: back,
    };
    if (read.isExpired) return { kind: 'expired', of: identity, refusal: tokenExpired() };
    if (isOver(key)) return { kind: 'expired', of: identity, refusal: keyExpired() };
    this.#keys.used(keyId);
    return identity;
  }

  /** In whose name a token is signed, where that is anybody's. */
  async #signer(keyId: string): Promise<KeyRecord | null> {
    if (keyId === ACCESS_KEY_ID) return this.#accessKey === null ? null : ACCESS_KEY;
    const stored = await this.#keys.find(keyId);
    return stored === null ? null : recordOf(stored);
  }

  #tokenSecret(keyId: string): Uint8Array {
    const accessKey = keyId === ACCESS_KEY_ID ? (this.#accessKey ?? '') : '';
    return tokenSecret(this.#keys.signingSecret, keyId, accessKey);
  }
}

/** `ACCESS_KEY` as a key among others. */
const ACCESS_KEY: KeyRecord = {
  id: ACCESS_KEY_ID,
  name: 'ACCESS_KEY',
  prefix: '',
  scopes: SCOPES,
  limits: {},
  createdAtMs: 0,
  expiresAtMs: null,
  revokedAtMs: null,
};

/** The key by which somebody is here; null for none. */
export function keyOf(identity: Identity): KeyRecord | null {
  switch (identity.kind) {
    case 'key':
    case 'token':
      return identity.key;
    case 'expired':
      return identity.of.key;
    default:
      return null;
  }
}

function isOver({ expiresAtMs }: KeyRecord): boolean {
  return expiresAtMs !== null && expiresAtMs <= Date.now();
}

/** Keys that are kept, and so may be revoked. */
function isGuarded(keyId: string): boolean {
  return keyId !== '' && keyId !== ACCESS_KEY_ID;
}

function stranger(refusal: AppError): Identity {
  return { kind: 'stranger', refusal };
}
