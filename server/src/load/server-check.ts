import { isIPv4 } from 'node:net';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { type AskOptions, askServer } from './ask-server.ts';

const infoSchema = z.object({
  name: z.literal('parlance'),
  version: z.string(),
  keyRequired: z.boolean(),
});
export type ServerFacts = z.infer<typeof infoSchema>;

export interface CheckedServer extends Pick<AskOptions, 'key' | 'tls'> {
  readonly url: string;
  /** Somebody says in words that this server may be loaded. */
  readonly permitted: boolean;
}

/**
 * Whether this server may be loaded: one on this machine; elsewhere one that asks for a key, with a
 * key, or with permission in words. And it must be Parlance: nothing else is asked more than once.
 * Throws `unauthorized` before anything is sent, or `server_unreachable`.
 */
export async function checkServer(
  server: CheckedServer,
  ask: typeof askServer = askServer,
): Promise<ServerFacts> {
  const { url, key, tls, permitted } = server;
  const isOurs = permitted || isLoopback(new URL(url).hostname);
  if (!isOurs && key === undefined) throw notPermitted('Expected a key for a server elsewhere');
  const facts = await readFacts(url, { key, tls }, ask);
  // A key that nobody looks at proves nothing.
  if (!isOurs && !facts.keyRequired) throw notPermitted('Expected a server that asks for a key');
  return facts;
}

/** The names and addresses that never leave this machine. */
export function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost' || hostname.endsWith('.localhost')) return true;
  return hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));
}

async function readFacts(
  url: string,
  options: AskOptions,
  ask: typeof askServer,
): Promise<ServerFacts> {
  const { status, body } = await ask(`${url}/api/v1/info`, options);
  const info = infoSchema.safeParse(status === 200 ? parseJson(body) : null);
  if (info.success) return info.data;
  throw new AppError(
    'server_unreachable',
    `Expected a Parlance server at ${url}, got another answer (HTTP ${status}).`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not ours, then: the schema refuses it.
    return null;
  }
}

function notPermitted(expected: string): AppError {
  return new AppError(
    'unauthorized',
    `${expected}, or --permitted where its operator has agreed to the load.`,
  );
}
