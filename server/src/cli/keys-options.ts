import { type KeyLimits, SCOPES, type Scope } from '../access/identity.ts';
import { KEY_NAME_PATTERN, MAX_KEY_NAME_LENGTH } from '../access/key-store.ts';
import { UsageError } from './usage.ts';

/** An operator's tools are a thing of their own: what is handed out may not look over shoulders. */
const DEFAULT_SCOPES: readonly Scope[] = ['speak', 'watch', 'tokens'];
const UNIT_MS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
/** Longer than any key should be in use. */
const MAX_EXPIRY_MS = 10 * 366 * 86_400_000;
const MAX_LIMIT = 1_000_000;

/** Scopes with commas between, each once. */
export function scopesOption(text: string | undefined): readonly Scope[] {
  if (text === undefined) return DEFAULT_SCOPES;
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  const scopes = SCOPES.filter((scope) => names.includes(scope));
  const unknown = names.filter((name) => !SCOPES.some((scope) => scope === name));
  if (unknown.length > 0 || scopes.length === 0) {
    throw new UsageError(`Expected --scopes out of ${SCOPES.join(', ')}, got "${text}".`);
  }
  return scopes;
}

/** When a key made at `nowMs` ends: a number and m, h or d; null for never. */
export function expiryOption(text: string | undefined, nowMs: number): number | null {
  if (text === undefined) return null;
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const spanMs = Number(count) * (UNIT_MS[unit] ?? Number.NaN);
  if (spanMs > 0 && spanMs <= MAX_EXPIRY_MS) return nowMs + spanMs;
  throw new UsageError(`Expected --expires like 30m, 12h or 90d, up to ten years, got "${text}".`);
}

/** Limits of a key's own. */
export function limitsOption(options: {
  readonly maxSessions: string | undefined;
  readonly rate: string | undefined;
}): KeyLimits {
  const { maxSessions, rate } = options;
  return {
    ...(maxSessions === undefined ? {} : { maxSessions: limit('max-sessions', maxSessions) }),
    ...(rate === undefined ? {} : { ratePerMinute: limit('rate', rate) }),
  };
}

export function nameArgument(name: string | undefined): string {
  if (name !== undefined && name.length <= MAX_KEY_NAME_LENGTH && KEY_NAME_PATTERN.test(name)) {
    return name;
  }
  throw new UsageError(
    `Expected "parlance keys create NAME", 1 to ${MAX_KEY_NAME_LENGTH} letters, digits, blanks and . _ @ - between them, got "${name ?? ''}".`,
  );
}

function limit(option: string, text: string): number {
  const value = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= MAX_LIMIT) return value;
  throw new UsageError(`Expected --${option} 1 to ${MAX_LIMIT}, got "${text}".`);
}
