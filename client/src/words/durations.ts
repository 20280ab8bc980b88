const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** A time to live in words: "24 hours", "3 days", "90 minutes". */
export function spanInWords(seconds: number): string {
  if (seconds >= 2 * DAY_S) return count(Math.round(seconds / DAY_S), 'day');
  if (seconds >= 2 * HOUR_S) return count(Math.round(seconds / HOUR_S), 'hour');
  if (seconds >= 2 * MINUTE_S) return count(Math.round(seconds / MINUTE_S), 'minute');
  return count(Math.max(1, Math.round(seconds)), 'second');
}

/** "1 line", "2 lines". */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** Time passed, as a clock shows it: "0:07", "12:05", "1:02:03". */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const hours = Math.floor(seconds / HOUR_S);
  const minutes = Math.floor((seconds % HOUR_S) / MINUTE_S);
  const two = (number: number) => String(number).padStart(2, '0');
  const rest = two(seconds % MINUTE_S);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}
