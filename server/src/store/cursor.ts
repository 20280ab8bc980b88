import { AppError } from '../../../shared/errors.ts';

/** Cursors are Redis Stream ids: "milliseconds-number", two unsigned 64-bit decimals. */
export const FIRST_CURSOR = '0-0';
const MAX_PART = 2n ** 64n - 1n;

/** The cursor in its one right form; rejects with `invalid_message` what is none. */
export function checkCursor(cursor: string): string {
  const [, ms, number] = /^(\d{1,20})-(\d{1,20})$/.exec(cursor) ?? [];
  if (ms !== undefined && number !== undefined) {
    const parts = [BigInt(ms), BigInt(number)];
    if (parts.every((part) => part <= MAX_PART)) return parts.join('-');
  }
  throw new AppError('invalid_message', 'Expected a cursor of this room, got something else.');
}

/** The least cursor after this one, or null after the last; Redis 6.0 has no exclusive ranges. */
export function cursorAfter(cursor: string): string | null {
  const [ms = '0', number = '0'] = cursor.split('-');
  if (BigInt(number) < MAX_PART) return `${ms}-${BigInt(number) + 1n}`;
  return BigInt(ms) < MAX_PART ? `${BigInt(ms) + 1n}-0` : null;
}

/** The greatest cursor before this one, or null before the first. */
export function cursorBefore(cursor: string): string | null {
  const [ms = '0', number = '0'] = cursor.split('-');
  if (BigInt(number) > 0n) return `${ms}-${BigInt(number) - 1n}`;
  return BigInt(ms) > 0n ? `${BigInt(ms) - 1n}-${MAX_PART}` : null;
}
