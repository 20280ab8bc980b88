import { createHash, createHmac, randomBytes } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { roomNameSchema } from '../../../shared/messages.ts';
import { ACCESS_KEY_ID } from './identity.ts';

/** Room tokens: JSON Web Tokens (RFC 7519) under HMAC-SHA-256, each signed in the name of one key. */

const ALGORITHM = 'HS256';
/** Clocks of nodes, and of whoever counts the seconds, may be apart by this. */
export const CLOCK_SKEW_S = 5;
const KEY_ID_PATTERN = new RegExp(`^([0-9a-f]{10}|${ACCESS_KEY_ID})$`);
/** Header, claims and signature; jose alone would let blanks and `=` pass. */
const TOKEN_PATTERN = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const ID_LENGTH = 16;
const NONCE_BYTES = 9;

const claimsSchema = z.object({
  room: roomNameSchema,
  role: z.enum(['speak', 'watch']),
  exp: z.number().int(),
  back: z.literal(true).optional(),
});

export interface TokenClaims {
  readonly room: string;
  readonly role: 'speak' | 'watch';
  /** Seconds since 1970. */
  readonly exp: number;
  /** It was given to a viewer to come back with. */
  readonly back?: true | undefined;
}

/** What a token says whose signature holds. */
export interface ReadToken {
  readonly claims: TokenClaims;
  readonly isExpired: boolean;
}

/**
 * What the tokens of one key are signed with: made of the cluster's secret, so that no token tells
 * anything about `ACCESS_KEY`, which may be short, and so that a changed one makes them invalid.
 */
export function tokenSecret(signingSecret: string, keyId: string, accessKey = ''): Uint8Array {
  return createHmac('sha256', signingSecret).update(`room-token:${keyId}:${accessKey}`).digest();
}

/** `isUnique` makes each token another one; without, the same claims are always the same token. */
export async function signRoomToken(
  secret: Uint8Array,
  keyId: string,
  { exp, ...claims }: TokenClaims,
  isUnique: boolean,
): Promise<string> {
  const jti = isUnique ? { jti: randomBytes(NONCE_BYTES).toString('base64url') } : {};
  return await new SignJWT({ ...claims, ...jti })
    .setProtectedHeader({ alg: ALGORITHM, kid: keyId })
    .setExpirationTime(exp)
    .sign(secret);
}

/** In whose name a text claims to be signed; null where it is no room token. Proves nothing. */
export function tokenKeyId(text: string): string | null {
  if (!TOKEN_PATTERN.test(text)) return null;
  try {
    const { kid } = decodeProtectedHeader(text);
    return kid !== undefined && KEY_ID_PATTERN.test(kid) ? kid : null;
  } catch {
    // No JSON Web Token at all.
    return null;
  }
}

/** Null where the signature or the form does not hold. */
export async function readRoomToken(
  secret: Uint8Array,
  token: string,
  nowMs: number,
): Promise<ReadToken | null> {
  const options = {
    algorithms: [ALGORITHM],
    clockTolerance: CLOCK_SKEW_S,
    currentDate: new Date(nowMs),
    requiredClaims: ['exp'],
  };
  const read = (payload: unknown, isExpired: boolean): ReadToken | null => {
    const claims = claimsSchema.safeParse(payload);
    return claims.success ? { claims: claims.data, isExpired } : null;
  };
  try {
    return read((await jwtVerify(token, secret, options)).payload, false);
  } catch (error) {
    // The signature is looked at first: only a genuine token is one that has run out.
    return error instanceof errors.JWTExpired ? read(error.payload, true) : null;
  }
}

/**
 * Names a token without telling it: by what was signed, since a signature can be written in several
 * ways (spare bits of its last letter) that all hold.
 */
export function tokenId(token: string): string {
  return createHash('sha256')
    .update(token.slice(0, token.lastIndexOf('.')))
    .digest('base64url')
    .slice(0, ID_LENGTH);
}
