import type { AppError } from '../../../shared/errors.ts';

/** What a key may do. Who may speak may read along; the others stand alone. */
export const SCOPES = ['speak', 'watch', 'tokens', 'operate'] as const;
export type Scope = (typeof SCOPES)[number];

/** Limits of one key, where they differ from the server's own. */
export interface KeyLimits {
  /** Sessions that live at the same time in the whole cluster. */
  readonly maxSessions?: number;
  /** HTTP requests a minute. */
  readonly ratePerMinute?: number;
}

/** What is known of a key; its secret is not. Times are milliseconds since 1970. */
export interface KeyRecord {
  /** Ten lower-case letters and digits, or {@link ACCESS_KEY_ID}. */
  readonly id: string;
  readonly name: string;
  /** How the key begins, so that its owner recognises it. */
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  readonly limits: KeyLimits;
  readonly createdAtMs: number;
  /** null: never. */
  readonly expiresAtMs: number | null;
  readonly revokedAtMs: number | null;
}

export type TokenRole = 'speak' | 'watch';

export interface KeyIdentity {
  readonly kind: 'key';
  readonly key: KeyRecord;
}

/** A token fits one room and does one thing; it lives no longer than the key that made it. */
export interface TokenIdentity {
  readonly kind: 'token';
  /** Names the token without telling it; viewers who share a link share it. */
  readonly id: string;
  /** In whose name it was signed. */
  readonly key: KeyRecord;
  readonly room: string;
  readonly role: TokenRole;
  readonly expiresAtMs: number;
  /** True where it was given to a viewer to come back with. */
  readonly isReturn?: boolean;
}

/** Who asks. */
export type Identity =
  /** Whoever it is, where the server is open: may do everything. */
  | { readonly kind: 'anyone' }
  | KeyIdentity
  | TokenIdentity
  /** Genuine, but its time is over: resumes what runs already, and nothing else. */
  | {
      readonly kind: 'expired';
      readonly of: KeyIdentity | TokenIdentity;
      readonly refusal: AppError;
    }
  /** Showed nothing that holds, where the server asks for it; `refusal` says what was wrong. */
  | { readonly kind: 'stranger'; readonly refusal: AppError };

/** Stands for `ACCESS_KEY` where keys are named by their id. */
export const ACCESS_KEY_ID = 'access-key';

/** A stable name for limits, safe in keys of Redis; null for who can not be told apart. */
export function subjectOf(identity: Identity): string | null {
  switch (identity.kind) {
    case 'key':
      return `key:${identity.key.id}`;
    case 'token':
      return `token:${identity.id}`;
    case 'expired':
      return subjectOf(identity.of);
    default:
      return null;
  }
}

/** Whether this may be done: in `room`, or (without one) in some room. */
export function may(identity: Identity, scope: Scope, room?: string): boolean {
  switch (identity.kind) {
    case 'anyone':
      return true;
    case 'key':
      return includes(identity.key.scopes, scope);
    case 'token':
      return includes([identity.role], scope) && (room ?? identity.room) === identity.room;
    default:
      return false;
  }
}

function includes(scopes: readonly Scope[], scope: Scope): boolean {
  return scopes.includes(scope) || (scope === 'watch' && scopes.includes('speak'));
}
