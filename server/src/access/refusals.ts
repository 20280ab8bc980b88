import { AppError } from '../../../shared/errors.ts';
import type { Identity, Scope } from './identity.ts';

/** What somebody is told who may not. None of it repeats a key or a token (INV7). */

export function keyMissing(): AppError {
  return new AppError(
    'unauthorized',
    'Expected a key or token of this server, got none: open the whole link that you were given.',
  );
}

export function keyWrong(): AppError {
  return new AppError(
    'unauthorized',
    'Expected a key or token that this server knows, got another one: open the whole link that you were given.',
  );
}

export function keyRevoked(): AppError {
  return new AppError('key_revoked', 'Expected a key that holds, got one that was revoked.');
}

export function keyExpired(): AppError {
  return new AppError('key_expired', 'Expected a key that holds, got one whose time is over.');
}

export function tokenExpired(): AppError {
  return new AppError('token_expired', 'Expected a token that holds, got one whose time is over.');
}

/** Why this may not be done by somebody who was found not to be allowed to. */
export function refusalOf(identity: Identity, scope: Scope, room?: string): AppError {
  switch (identity.kind) {
    case 'expired':
    case 'stranger':
      return identity.refusal;
    case 'key':
      return new AppError(
        'forbidden',
        `Expected a key with the scope ${scope}, got one for ${identity.key.scopes.join(', ')}.`,
      );
    case 'token':
      return new AppError(
        'forbidden',
        room !== undefined && room !== identity.room
          ? 'Expected the token of this room, got that of another one.'
          : `Expected a key or token for ${scope}, got a token for ${identity.role}.`,
      );
    case 'anyone':
      return keyMissing();
  }
}
