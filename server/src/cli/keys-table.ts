import type { KeyLimits, KeyRecord } from '../access/identity.ts';
import type { ListedKey } from '../access/key-store.ts';

const HEAD = ['id', 'name', 'may', 'limits', 'sessions', 'last used', 'state'];
const GAP = '  ';

/** All keys as lines of a table; times are of this machine's zone. */
export function keysTable(keys: readonly ListedKey[], nowMs: number): string {
  const rows = keys.map((key) => [
    key.id,
    key.name,
    key.scopes.join(', '),
    limitsInWords(key.limits),
    String(key.sessions),
    key.lastUsedAtMs === null ? 'never' : timeOf(key.lastUsedAtMs),
    stateOf(key, nowMs),
  ]);
  const table = [HEAD, ...rows];
  const widths = HEAD.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** Whether a key holds, and until when. */
export function stateOf({ revokedAtMs, expiresAtMs }: KeyRecord, nowMs: number): string {
  if (revokedAtMs !== null) return `revoked ${timeOf(revokedAtMs)}`;
  if (expiresAtMs === null) return 'holds';
  return expiresAtMs <= nowMs
    ? `over since ${timeOf(expiresAtMs)}`
    : `until ${timeOf(expiresAtMs)}`;
}

function limitsInWords({ maxSessions, ratePerMinute }: KeyLimits): string {
  const words = [
    ...(maxSessions === undefined ? [] : [`${maxSessions} sessions`]),
    ...(ratePerMinute === undefined ? [] : [`${ratePerMinute}/min`]),
  ];
  return words.length === 0 ? 'usual' : words.join(', ');
}

/** To the minute, as people write it: 2026-11-22 21:40. */
function timeOf(ms: number): string {
  const at = new Date(ms);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
