import type { CAC } from 'cac';
import { type RoomAddress, roomAddress } from './server-options.ts';
import { checkLanguage, numberOption, typedOption, UsageError } from './usage.ts';

/** How long to wait for translations of what is there already, in seconds without any. */
const DEFAULT_WAIT_S = 20;

export interface WatchOptions {
  readonly address: RoomAddress;
  readonly language: string;
  /** When to leave: never by itself, after the history, or when nobody speaks any more. */
  readonly until: 'interrupted' | 'history' | 'end';
  readonly original: boolean;
  readonly waitMs: number;
}

export interface WatchFlags {
  json?: boolean;
  insecure?: boolean;
  once?: boolean;
  untilEnd?: boolean;
  original?: boolean;
}

export function readWatchOptions(cli: CAC, room: string, flags: WatchFlags): WatchOptions {
  const language = typedOption(cli, 'language');
  if (language === undefined) {
    throw new UsageError('Expected --language with a code like "es", got none.');
  }
  if (flags.once === true && flags.untilEnd === true) {
    throw new UsageError('Expected one of --once and --until-end, got both.');
  }
  return {
    address: roomAddress(cli, room, flags.insecure === true),
    language: checkLanguage('language', language),
    until: flags.once === true ? 'history' : flags.untilEnd === true ? 'end' : 'interrupted',
    original: flags.original === true,
    waitMs: numberOption('wait', typedOption(cli, 'wait') ?? String(DEFAULT_WAIT_S), 0) * 1000,
  };
}
