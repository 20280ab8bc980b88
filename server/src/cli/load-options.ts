import { randomBytes } from 'node:crypto';
import type { CAC } from 'cac';
import { LOAD_TYPES, type LoadType } from '../load/load-report.ts';
import type { LoadTask } from '../load/load-server.ts';
import { roomAddress } from './server-options.ts';
import { checkLanguage, languageList, typedOption, UsageError } from './usage.ts';

const DEFAULT_USERS = 50;
/** How long it takes where nothing else decides, in seconds. */
const DEFAULT_SECONDS = 30;
/** One process drives no more than this, and no run goes on unnoticed for a day. */
const LIMITS = { users: 10_000, requests: 10_000_000, seconds: 3_600, arrivals: 600 } as const;
/** Where nothing is said of it, so many users arrive in a second. */
const ARRIVALS_A_SECOND = 200;

export interface LoadOptions extends LoadTask {
  readonly permitted: boolean;
  readonly json: boolean;
}

/** Flags as the parser gives them; what has a text is read as it was typed. */
export interface LoadFlags {
  json?: boolean;
  insecure?: boolean;
  permitted?: boolean;
}

export function readLoadOptions(cli: CAC, flags: LoadFlags): LoadOptions {
  const type = readType(typedOption(cli, 'type'));
  const room = typedOption(cli, 'room');
  const key = typedOption(cli, 'key');
  const address = roomAddress(cli, room ?? newRoom(), flags.insecure === true);
  const users = whole(cli, 'users', 1) ?? DEFAULT_USERS;
  const requests = whole(cli, 'requests', 1);
  const seconds = whole(cli, 'seconds', 1);
  const untilOver = requests === null && type !== 'health';
  const limitS = seconds ?? (requests === null ? DEFAULT_SECONDS : LIMITS.seconds);
  const arrivalsS = whole(cli, 'arrivals', 0) ?? Math.floor(users / ARRIVALS_A_SECOND);
  const from = checkLanguage('from', typedOption(cli, 'from') ?? 'en');
  return {
    type,
    address: {
      ...address,
      url: address.url.replace(/\/+$/, ''),
      ...(key === undefined ? {} : { token: key }),
    },
    roomIsGiven: room !== undefined,
    plan: {
      users,
      requests: untilOver ? users : (requests ?? Number.POSITIVE_INFINITY),
      limitMs: limitS * 1000,
      arrivalsMs: arrivalsS * 1000,
    },
    untilOver,
    from,
    to: languageList('to', typedOption(cli, 'to')),
    language: checkLanguage('language', typedOption(cli, 'language') ?? from),
    file: typedOption(cli, 'file'),
    permitted: flags.permitted === true,
    json: flags.json === true,
  };
}

function readType(text: string | undefined): LoadType {
  const type = LOAD_TYPES.find((known) => known === text);
  if (type !== undefined) return type;
  throw new UsageError(
    `Expected --type out of ${LOAD_TYPES.join(', ')}, got ${text === undefined ? 'none' : `"${text}"`}.`,
  );
}

/** A room that nobody else uses. */
function newRoom(): string {
  return `load-${randomBytes(6).toString('hex')}`;
}

function whole(cli: CAC, option: keyof typeof LIMITS, min: number): number | null {
  const text = typedOption(cli, option);
  if (text === undefined) return null;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= LIMITS[option]) return value;
  throw new UsageError(
    `Expected --${option} with a whole number from ${min} to ${LIMITS[option]}, got "${text}".`,
  );
}
