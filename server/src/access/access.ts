import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Who may speak and who may watch. Without a key everybody may do everything (loopback); with one,
 * speaking needs the key itself and watching needs the key or the room's watch token, which is an
 * HMAC of the room's name: a viewer's link can not speak, and a token fits one room only.
 */
export class Access {
  readonly #key: string | null;

  constructor(key: string | null) {
    this.#key = key;
  }

  get keyRequired(): boolean {
    return this.#key !== null;
  }

  maySpeak(token: string | undefined): boolean {
    return this.#key === null || (token !== undefined && equal(token, this.#key));
  }

  mayWatch(token: string | undefined, room: string): boolean {
    if (this.#key === null) return true;
    if (token === undefined) return false;
    return equal(token, this.#key) || equal(token, this.#sign(this.#key, room));
  }

  /** The token that lets others watch a room, or undefined where none is needed. */
  watchToken(room: string): string | undefined {
    return this.#key === null ? undefined : this.#sign(this.#key, room);
  }

  #sign(key: string, room: string): string {
    return createHmac('sha256', key).update(`watch:${room}`).digest('base64url');
  }
}

/** Compares in constant time whatever the lengths, by comparing digests. */
function equal(left: string, right: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
