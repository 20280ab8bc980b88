import { z } from 'zod';
import { roomNameSchema } from './messages.ts';

/** Shorter ones would run out on their way to a browser. */
export const MIN_TOKEN_SECONDS = 10;
/** A day: whoever needs longer asks again, and a running session needs none. */
export const MAX_TOKEN_SECONDS = 86_400;

/** Body of POST /api/v1/tokens. */
export const roomTokenRequestSchema = z.strictObject({
  room: roomNameSchema,
  /** A token to speak also watches its room; one to watch can not speak. */
  role: z.enum(['speak', 'watch']),
  /** How long it may be used to begin. */
  seconds: z.number().int().min(MIN_TOKEN_SECONDS).max(MAX_TOKEN_SECONDS),
});

export type RoomTokenRequest = z.infer<typeof roomTokenRequestSchema>;

/** Answer of POST /api/v1/tokens. */
export interface RoomTokenAnswer {
  token: string;
  room: string;
  role: 'speak' | 'watch';
  /** Milliseconds since 1970; sooner than asked for where the key itself ends. */
  expiresAt: number;
  /** Path of the page with the token behind the `#`, to be put behind the server's address. */
  link: string;
}
