import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { languageSchema } from '../../../shared/language-schema.ts';
import { integer, list, text } from './setting-kinds.ts';

/** Settings of engines outside this server, and what must go together among them. */

/** An address without credentials: a key has a setting of its own, and addresses are shown. */
const serviceUrl = z.url({ protocol: /^https?$/ }).refine((url) => {
  // What is no address at all was told already.
  if (!URL.canParse(url)) return true;
  const { username, password, search, hash } = new URL(url);
  return username === '' && password === '' && search === '' && hash === '';
}, 'Expected an address without a user, a query or a fragment; a key has a setting of its own');
const key = text.regex(/^[\x21-\x7e]{1,4096}$/, 'Expected a key of visible characters');
const languages = list.pipe(z.array(languageSchema).min(1).max(100));

/** What chat models of every maker know well enough. */
const CHAT_LANGUAGES =
  'ar bg bn ca cs da de el en es et fa fi fr gl he hi hr hu id it ja ko lt lv nl no pl pt ro ru sk sl sr sv ta ' +
  'th tr uk ur vi zh';

export const outsideSettings = {
  LIBRETRANSLATE_URL: serviceUrl.optional(),
  LIBRETRANSLATE_API_KEY: key.optional(),
  LIBRETRANSLATE_API_KEY_FILE: text.optional(),
  APERTIUM_APY_URL: serviceUrl.optional(),
  OPENAI_URL: serviceUrl.optional(),
  OPENAI_API_KEY: key.optional(),
  OPENAI_API_KEY_FILE: text.optional(),
  OPENAI_MODEL: text.optional(),
  OPENAI_LANGUAGES: languages.default(CHAT_LANGUAGES.split(' ')),
  TRANSCRIPTION_URL: serviceUrl.optional(),
  TRANSCRIPTION_API_KEY: key.optional(),
  TRANSCRIPTION_API_KEY_FILE: text.optional(),
  TRANSCRIPTION_MODEL: text.optional(),
  TRANSCRIPTION_LANGUAGES: languages.default(['en']),
  TRANSCRIPTION_FORMAT: z.enum(['json', 'verbose_json']).default('json'),
  TRANSCRIPTION_PARTIALS: z.enum(['off', 'on']).default('off'),
  TRANSCRIPTION_TIMEOUT_MS: integer(500, 120_000).default(10_000),
  OUTSIDE_TIMEOUT_MS: integer(200, 60_000).default(4_000),
  OUTSIDE_PARTIALS: z.enum(['off', 'on']).default('on'),
  OUTSIDE_CONCURRENCY: integer(1, 256).default(8),
  TRANSLATION_CACHE: integer(0, 1_000_000).default(10_000),
};

interface Chosen {
  readonly TRANSLATORS: readonly string[];
  readonly RECOGNIZER: readonly string[];
}

/** Which settings each outside engine needs, by the setting that chooses it. */
const NEEDED = [
  { chosenBy: 'TRANSLATORS', engine: 'libretranslate', names: ['LIBRETRANSLATE_URL'] },
  { chosenBy: 'TRANSLATORS', engine: 'apertium-apy', names: ['APERTIUM_APY_URL'] },
  { chosenBy: 'TRANSLATORS', engine: 'openai', names: ['OPENAI_URL', 'OPENAI_MODEL'] },
  {
    chosenBy: 'RECOGNIZER',
    engine: 'openai',
    names: ['TRANSCRIPTION_URL', 'TRANSCRIPTION_MODEL'],
  },
] as const;
const KEYS = ['LIBRETRANSLATE_API_KEY', 'OPENAI_API_KEY', 'TRANSCRIPTION_API_KEY'] as const;

export type KeySetting = (typeof KEYS)[number];

/** One line for each setting that is missing for an engine that was chosen, or said twice. */
export function outsideProblems(settings: Chosen & Readonly<Record<string, unknown>>): string[] {
  const missing = NEEDED.flatMap(({ chosenBy, engine, names }) =>
    settings[chosenBy].includes(engine)
      ? names
          .filter((name) => settings[name] === undefined)
          .map((name) => `  ${name}: Expected a value, since ${chosenBy} names ${engine}; got none`)
      : [],
  );
  const twice = KEYS.filter(
    (name) => settings[name] !== undefined && settings[`${name}_FILE`] !== undefined,
  ).map((name) => `  ${name}, ${name}_FILE: Expected one of them, got both`);
  return [...missing, ...twice];
}

/**
 * A key out of its setting or its file, without the line break at its end; undefined where there is none.
 * Throws `invalid_setting` for a file that cannot be read, without what stands in it.
 */
export function readKey(
  settings: Readonly<Record<string, unknown>>,
  name: KeySetting,
): string | undefined {
  const { data: given } = key.safeParse(settings[name]);
  if (given !== undefined) return given;
  const path = settings[`${name}_FILE`];
  if (typeof path !== 'string') return undefined;
  let content: string;
  try {
    content = readFileSync(path, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new AppError(
      'invalid_setting',
      `${name}_FILE: Expected a file that can be read at ${path}, got ${code}.`,
    );
  }
  const parsed = key.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new AppError(
    'invalid_setting',
    `${name}_FILE: Expected one key of visible characters at ${path}, got something else.`,
  );
}
