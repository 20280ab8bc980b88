import { AppError } from '../../../shared/errors.ts';
import { readKey } from '../config/outside-settings.ts';
import { readProxySettings } from '../config/proxy-settings.ts';
import type { Settings } from '../config/settings.ts';
import { OutsideError } from '../outside/outside-error.ts';
import { probeTranscription } from '../recognition/openai/openai-recognizer.ts';
import { LanguageTable } from '../translation/remote/language-table.ts';
import {
  OUTSIDE_TRANSLATORS,
  type OutsideTranslatorName,
  outsideEngine,
} from '../translation/start-translators.ts';
import type { Finding } from './finding.ts';

/** A service that takes longer is of no use for live captions. */
const ANSWER_MS = 5_000;
const LOOPBACK = /^(localhost|127\.[\d.]+|\[::1\])$/;
/** Languages that are named one by one. */
const MAX_NAMED = 12;

/** What is configured outside this server, and whether it answers; says nothing of keys but that they are there. */
export async function checkOutsideEngines(settings: Settings): Promise<Finding[]> {
  const translators = OUTSIDE_TRANSLATORS.filter((name) => settings.TRANSLATORS.includes(name));
  const checks = translators.map((name) => checkTranslator(name, settings));
  if (settings.RECOGNIZER.includes('openai')) checks.push(checkTranscription(settings));
  return await Promise.all(checks);
}

async function checkTranslator(name: OutsideTranslatorName, settings: Settings): Promise<Finding> {
  const base = { id: `outside-${name}`, title: TITLES[name] };
  const { url, key } = addressAndKey(name, settings);
  const spoken = settings.RECOGNIZER.includes('openai') ? settings.TRANSCRIPTION_LANGUAGES : ['en'];
  try {
    const engine = outsideEngine(name, settings, spoken);
    try {
      const pairs = await engine.languages(AbortSignal.timeout(ANSWER_MS));
      const targets = new LanguageTable(pairs).targets(spoken[0] ?? 'en');
      return answered(base, url, key, named(targets, spoken[0] ?? 'en'), targets.length > 0);
    } finally {
      await engine.close();
    }
  } catch (error) {
    return silent(
      base,
      url,
      error,
      'Its texts go to the next engine of TRANSLATORS, if there is one.',
    );
  }
}

async function checkTranscription(settings: Settings): Promise<Finding> {
  const base = { id: 'outside-transcription', title: 'Transcription' };
  const url = settings.TRANSCRIPTION_URL ?? '';
  const key = hasKey(settings, 'TRANSCRIPTION_API_KEY');
  try {
    await probeTranscription(
      {
        url,
        apiKey: readKey(settings, 'TRANSCRIPTION_API_KEY'),
        model: settings.TRANSCRIPTION_MODEL ?? '',
        languages: settings.TRANSCRIPTION_LANGUAGES,
        partials: false,
        format: settings.TRANSCRIPTION_FORMAT,
        proxies: readProxySettings(),
      },
      AbortSignal.timeout(settings.TRANSCRIPTION_TIMEOUT_MS),
    );
    return answered(
      base,
      url,
      key,
      `speech in ${settings.TRANSCRIPTION_LANGUAGES.join(' ')}`,
      true,
    );
  } catch (error) {
    const alone = settings.RECOGNIZER.length === 1;
    return silent(
      base,
      url,
      error,
      alone
        ? 'Nothing that is said can be recognised.'
        : 'The next recogniser of RECOGNIZER reads what is said.',
      alone ? 'fail' : 'warn',
    );
  }
}

const TITLES: Readonly<Record<OutsideTranslatorName, string>> = {
  libretranslate: 'LibreTranslate',
  openai: 'Chat model',
  'apertium-apy': 'Apertium APy',
};

type Base = Pick<Finding, 'id' | 'title'>;

function answered(base: Base, url: string, key: boolean, what: string, useful: boolean): Finding {
  const found = `${hostOf(url)} answers${key ? ', with a key' : ''}: ${what}`;
  if (!useful) {
    const meaning = 'It has nothing for what is spoken here, so it is never asked.';
    return { ...base, level: 'warn', found, meaning, mend: `install languages at ${hostOf(url)}` };
  }
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || LOOPBACK.test(hostname)) return { ...base, level: 'ok', found };
  return {
    ...base,
    level: 'warn',
    found,
    meaning: `What is said${key ? ', and the key, go' : ' goes'} over the network unencrypted (http).`,
    mend: `https in the address, or a network that only you can read`,
  };
}

function silent(
  base: Base,
  url: string,
  error: unknown,
  meaning: string,
  level: Finding['level'] = 'warn',
): Finding {
  const known = error instanceof OutsideError || error instanceof AppError;
  const reason = known ? error.message : 'no answer in time';
  return {
    ...base,
    level,
    found: `${hostOf(url)} does not answer as it should: ${reason}`,
    meaning,
    mend: 'correct its address and key (docs/settings.md), or take it out of the settings',
  };
}

function addressAndKey(name: OutsideTranslatorName, settings: Settings) {
  switch (name) {
    case 'libretranslate':
      return {
        url: settings.LIBRETRANSLATE_URL ?? '',
        key: hasKey(settings, 'LIBRETRANSLATE_API_KEY'),
      };
    case 'openai':
      return { url: settings.OPENAI_URL ?? '', key: hasKey(settings, 'OPENAI_API_KEY') };
    case 'apertium-apy':
      return { url: settings.APERTIUM_APY_URL ?? '', key: false };
  }
}

function hasKey(settings: Readonly<Record<string, unknown>>, name: string): boolean {
  return settings[name] !== undefined || settings[`${name}_FILE`] !== undefined;
}

function named(targets: readonly string[], from: string): string {
  const more = targets.length - MAX_NAMED;
  const names = targets.slice(0, MAX_NAMED).join(' ') || 'nothing';
  return `from ${from} to ${names}${more > 0 ? ` and ${more} more` : ''}`;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'its address';
}
