import type { CAC } from 'cac';
import { type RoomAddress, roomAddress } from './server-options.ts';
import { checkLanguage, languageList, numberOption, typedOption, UsageError } from './usage.ts';

/** How long to wait for finals that are still to come, in seconds without any. */
const DEFAULT_WAIT_S = 20;

export interface SpeakOptions {
  readonly file: string;
  readonly address: RoomAddress;
  readonly from: string;
  readonly to: readonly string[];
  readonly name: string | undefined;
  /** A file of terms. */
  readonly glossary: string | undefined;
  /** Times real time; infinity as fast as the server takes it. */
  readonly speed: number;
  readonly waitMs: number;
  readonly json: boolean;
}

/** Flags as the parser gives them; what has a text is read as it was typed. */
export interface SpeakFlags {
  json?: boolean;
  insecure?: boolean;
}

export function readSpeakOptions(cli: CAC, file: string, flags: SpeakFlags): SpeakOptions {
  const room = typedOption(cli, 'room');
  if (room === undefined) throw new UsageError('Expected --room with a name or a link, got none.');
  const wait = typedOption(cli, 'wait') ?? String(DEFAULT_WAIT_S);
  return {
    file,
    address: roomAddress(cli, room, flags.insecure === true),
    from: checkLanguage('from', typedOption(cli, 'from') ?? 'en'),
    to: languageList('to', typedOption(cli, 'to')),
    name: typedOption(cli, 'name'),
    glossary: typedOption(cli, 'glossary'),
    speed: readSpeed(typedOption(cli, 'speed') ?? '1'),
    waitMs: numberOption('wait', wait, 0) * 1000,
    json: flags.json === true,
  };
}

function readSpeed(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const speed = numberOption('speed', text, 0);
  return speed === 0 ? Number.POSITIVE_INFINITY : speed;
}
