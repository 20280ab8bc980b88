import { readFileSync } from 'node:fs';
import type { CAC, Command } from 'cac';
import { parseRoomLink } from '../../../client/src/live/room-link.ts';
import type { SpeakerOptions } from '../../../client/src/live/speaker-options.ts';
import { AppError } from '../../../shared/errors.ts';
import { isRoomName } from '../../../shared/room-name.ts';
import { DEFAULT_URL, readCliConfig } from '../config/cli-config.ts';
import { typedOption, UsageError } from './usage.ts';

/** Which room on which server, and how it is reached. */
export interface RoomAddress {
  readonly url: string;
  readonly room: string;
  readonly token?: string;
  readonly socketOptions: NonNullable<SpeakerOptions['socketOptions']>;
}

/** Adds the options of every command that talks to a server. */
export function addServerOptions(command: Command): Command {
  return command
    .option('--url <url>', `The server (PARLANCE_URL, else ${DEFAULT_URL})`)
    .option('--token <token>', 'Key or watch token, where the server asks for one (PARLANCE_TOKEN)')
    .option('--ca <file>', 'Certificate to trust, for a server with one of its own')
    .option('--insecure', 'Trust any certificate, as that of "serve --lan"');
}

/** A room by its name, or by the link that one shares; what is given as an option goes first. */
export function roomAddress(cli: CAC, roomOrLink: string, insecure: boolean): RoomAddress {
  const config = readCliConfig();
  const link = parseRoomLink(roomOrLink);
  const room = link?.room ?? roomOrLink;
  if (!isRoomName(room)) {
    throw new UsageError(
      `Expected a room of lower-case letters, digits and hyphens, or a link to one, got "${roomOrLink}".`,
    );
  }
  const url = typedOption(cli, 'url') ?? link?.url ?? config.url;
  const token = typedOption(cli, 'token') ?? link?.token ?? config.token;
  const ca = typedOption(cli, 'ca');
  return {
    url,
    room,
    ...(token === undefined ? {} : { token }),
    socketOptions: {
      ...(insecure ? { rejectUnauthorized: false } : {}),
      ...(ca === undefined ? {} : { ca: readCertificate(ca) }),
    },
  };
}

function readCertificate(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AppError('file_unreadable', `Expected a certificate at "${path}", got none.`, {
      cause,
    });
  }
}
