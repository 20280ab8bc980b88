import type { CAC } from 'cac';
import { formatApiKey, hashKeySecret, newApiKey, parseApiKey } from '../access/api-key.ts';
import { noSuchKey } from '../access/key-checks.ts';
import type { KeyStore, ListedKey } from '../access/key-store.ts';
import { readSettings } from '../config/settings.ts';
import { expiryOption, limitsOption, nameArgument, scopesOption } from './keys-options.ts';
import { type KeyPlace, withKeyStore } from './keys-redis.ts';
import { keysTable, stateOf } from './keys-table.ts';
import { typedOption, UsageError } from './usage.ts';

const ACTIONS = ['list', 'create', 'revoke'] as const;

/** The session's own secret is not enough: nobody without a key gets as far as to show it. */
const FIRST_KEY = [
  'It is the first one: who speaks without a key goes on until the connection is lost, and can not take up',
  'that session again without one. Where that would cut words, make the first key in a pause.',
];

interface KeysFlags {
  json?: boolean;
  forget?: boolean;
}

/** Adds `parlance keys [action] [name]`. */
export function registerKeys(cli: CAC): void {
  cli
    .command('keys [action] [name]', `Keys that let people in: ${ACTIONS.join(', ')}`)
    .option('--scopes <list>', 'What a new key may do: speak, watch, tokens, operate')
    .option('--expires <span>', 'When it ends: 30m, 12h, 90d (default: never)')
    .option('--max-sessions <count>', 'Its sessions at the same time (MAX_SESSIONS_PER_KEY)')
    .option('--rate <count>', 'Its HTTP requests a minute (RATE_LIMIT_PER_MINUTE)')
    .option('--forget', 'Revoke: keep nothing of the key, not even that there was one')
    .option('--json', 'One JSON object a line')
    .example('  parlance keys create reception --expires 90d')
    .example('  parlance keys create dashboard --scopes operate')
    .example('  parlance keys revoke reception     at once, on every node')
    .action((action = 'list', name: string | undefined, flags: KeysFlags) =>
      runKeys(cli, action, name, flags),
    );
}

async function runKeys(
  cli: CAC,
  action: string,
  name: string | undefined,
  { json = false, forget = false }: KeysFlags,
): Promise<number> {
  const option = (option: string) => typedOption(cli, option);
  const print = (text: string) => process.stdout.write(text);
  const settings = readSettings();
  switch (action) {
    case 'create': {
      const nowMs = Date.now();
      const asked = {
        name: nameArgument(name),
        scopes: scopesOption(option('scopes')),
        limits: limitsOption({ maxSessions: option('max-sessions'), rate: option('rate') }),
        createdAtMs: nowMs,
        expiresAtMs: expiryOption(option('expires'), nowMs),
      };
      print(await withKeyStore(settings, (store, place) => create(store, place, asked, json)));
      return 0;
    }
    case 'list':
      print(await withKeyStore(settings, (store, place) => list(store, place, json)));
      return 0;
    case 'revoke':
      if (name === undefined)
        throw new UsageError('Expected "parlance keys revoke ID", got no id.');
      print(await withKeyStore(settings, (store) => revoke(store, name, forget, json)));
      return 0;
    default:
      throw new UsageError(`Expected keys ${ACTIONS.join(', ')}, got "${action}".`);
  }
}

/** Makes a key and tells it, this once: only its hash is kept. */
async function create(
  store: KeyStore,
  { redis, inUse }: KeyPlace,
  asked: Omit<Parameters<KeyStore['create']>[0], 'id' | 'secretHash'>,
  json: boolean,
): Promise<string> {
  const isFirst = (await store.list()).length === 0;
  const made = newApiKey();
  const record = await store.create({
    ...asked,
    id: made.id,
    secretHash: hashKeySecret(made.secret),
  });
  const key = formatApiKey(made);
  if (json) return `${JSON.stringify({ ...record, key })}\n`;
  return [
    `Key "${record.name}" for ${record.scopes.join(', ')}; ${stateOf(record, Date.now())}.`,
    '',
    `  ${key}`,
    '',
    'It is shown this once and never again. Programs send it as "X-API-Key" or "Authorization: Bearer";',
    'a speaker opens /#k=KEY on the server. From now on nobody gets in without a key.',
    inUse
      ? `Kept in ${redis}, and good at once.`
      : `Kept in ${redis}. No server runs there now; it is good when one does.`,
    ...(isFirst && inUse ? FIRST_KEY : []),
    '',
  ].join('\n');
}

async function list(store: KeyStore, { redis }: KeyPlace, json: boolean): Promise<string> {
  const keys = await store.list();
  if (json) return keys.map((key) => `${JSON.stringify(key)}\n`).join('');
  if (keys.length > 0) return keysTable(keys, Date.now());
  return `No keys in ${redis}. "parlance keys create NAME" makes one.\n`;
}

async function revoke(
  store: KeyStore,
  named: string,
  forget: boolean,
  json: boolean,
): Promise<string> {
  const id = parseApiKey(named)?.id ?? named;
  const found = findKey(await store.list(), id, Date.now());
  if (found === undefined) throw noSuchKey(id);
  const record = await store.revoke(found.id, Date.now(), forget);
  if (json) return `${JSON.stringify(record)}\n`;
  return `Key "${record.name}" (${record.prefix}) is revoked with all of its tokens; ${endsOf(found)}.\n`;
}

function endsOf({ sessions }: ListedKey): string {
  if (sessions === 0) return 'no session lived by it';
  return sessions === 1 ? 'its session ends now' : `its ${sessions} sessions end now`;
}

/** By id, by how it begins, or by its name, those that hold first. */
function findKey(keys: readonly ListedKey[], named: string, nowMs: number): ListedKey | undefined {
  const holds = ({ revokedAtMs, expiresAtMs }: ListedKey) =>
    revokedAtMs === null && (expiresAtMs === null || expiresAtMs > nowMs);
  return (
    keys.find((key) => key.id === named || key.prefix === named) ??
    keys.find((key) => key.name === named && holds(key)) ??
    keys.findLast((key) => key.name === named)
  );
}
