import { spawnSync } from 'node:child_process';
import {
  APERTIUM_PAIRS,
  CHROMIUM,
  FFMPEG,
  type Need,
  REDIS,
} from '../../../scripts/setup/needs.mjs';
import { commandFor } from '../../../scripts/setup/plan.mjs';
import { findChromium, type Probe, type System } from '../../../scripts/setup/probe.mjs';
import { AppError } from '../../../shared/errors.ts';
import { ffmpegVersion, findFfmpeg } from '../audio/find-ffmpeg.ts';
import type { Settings } from '../config/settings.ts';
import type { CatalogueModel } from '../models/catalogue.ts';
import type { ModelStore } from '../models/model-store.ts';
import { checkRedisPromises } from '../store/redis/check-promises.ts';
import { createApertiumTranslator } from '../translation/apertium/apertium-translator.ts';
import type { Finding } from './finding.ts';

const VERSION_LIMIT_MS = 10_000;

export function checkFfmpeg(settings: Settings, probe: Probe, system: System): Finding {
  const base = { id: 'ffmpeg', title: FFMPEG.title };
  try {
    const program = findFfmpeg({ ffmpegBin: settings.FFMPEG_BIN });
    const path = probe.find(program) ?? program;
    return { ...base, level: 'ok', found: `${ffmpegVersion(program) ?? 'unknown'}, ${path}` };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return settings.FFMPEG_BIN === undefined
      ? { ...base, level: 'fail', found: 'missing', ...remedy(FFMPEG, system) }
      : { ...base, level: 'fail', ...wrongProgram(FFMPEG, 'FFMPEG_BIN') };
  }
}

/** A Redis elsewhere is asked what it promises; a private one needs only its program. */
export async function checkRedis(
  settings: Settings,
  probe: Probe,
  system: System,
): Promise<Finding> {
  const base = { id: 'redis', title: REDIS.title };
  if (settings.REDIS_URL === undefined) return checkRedisProgram(settings, probe, system);
  try {
    const weaker = await checkRedisPromises(settings.REDIS_URL);
    if (weaker.length === 0) return { ...base, level: 'ok', found: 'REDIS_URL answers' };
    return {
      ...base,
      level: 'warn',
      found: 'REDIS_URL answers, with weaker promises',
      meaning: weaker.join(' '),
      mend: 'in redis.conf: appendonly yes, appendfsync always, maxmemory-policy noeviction',
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return {
      ...base,
      level: 'fail',
      found: 'REDIS_URL does not answer as it should',
      meaning: error.message,
      mend: 'correct REDIS_URL, or unset it for a private Redis',
    };
  }
}

function checkRedisProgram(settings: Settings, probe: Probe, system: System): Finding {
  const base = { id: 'redis', title: REDIS.title };
  const program = settings.REDIS_SERVER_BIN ?? 'redis-server';
  const { status, stdout } = spawnSync(program, ['--version'], {
    encoding: 'utf8',
    timeout: VERSION_LIMIT_MS,
  });
  if (status === 0) {
    const version = /v=(\S+)/.exec(stdout)?.[1] ?? 'unknown version';
    const path = probe.find(program) ?? program;
    return { ...base, level: 'ok', found: `${version}, ${path}, started by Parlance itself` };
  }
  return settings.REDIS_SERVER_BIN === undefined
    ? { ...base, level: 'fail', found: 'missing', ...remedy(REDIS, system) }
    : { ...base, level: 'fail', ...wrongProgram(REDIS, 'REDIS_SERVER_BIN') };
}

/** Which languages readers can choose when English is spoken. */
export async function checkTranslation(settings: Settings, system: System): Promise<Finding> {
  const base = { id: 'translation', title: 'Translation' };
  if (!settings.TRANSLATORS.includes('apertium')) {
    return { ...base, level: 'ok', found: 'Apertium is switched off by TRANSLATORS' };
  }
  const reached = await apertiumTargets();
  const missing = APERTIUM_PAIRS.filter(({ language }) => !reached.includes(language ?? ''));
  const found =
    reached.length === 0
      ? 'none: Apertium is missing'
      : `Apertium: from English to ${reached.join(' ')}`;
  if (missing.length === 0) return { ...base, level: 'ok', found };
  const names = missing.map(({ language }) => language).join(' ');
  const mend = commandFor(missing, system) ?? 'https://wiki.apertium.org/wiki/Installation';
  return {
    ...base,
    level: 'warn',
    found,
    meaning: `Readers cannot choose ${names}; captions in the spoken language work.`,
    mend,
  };
}

/** Languages that Apertium reaches from English here. */
export async function apertiumTargets(): Promise<readonly string[]> {
  try {
    const translator = await createApertiumTranslator();
    const targets = translator.targets('en');
    await translator.close();
    return targets;
  } catch (error) {
    if (error instanceof AppError && error.code === 'program_missing') return [];
    throw error;
  }
}

export async function checkModel(model: CatalogueModel, store: ModelStore): Promise<Finding> {
  const { kind } = await store.inspect(model);
  const base = { id: 'speech-model', title: 'Speech model' };
  if (kind === 'intact') return { ...base, level: 'ok', found: `${model.name}, intact` };
  return {
    ...base,
    level: 'fail',
    found: `${model.name} is ${kind}`,
    meaning: 'Nothing that is said can be recognised.',
    mend: `bin/parlance models fetch ${model.name}`,
  };
}

/** Only developers need it, so its absence is no warning. */
export function checkChromium(probe: Probe, system: System): Finding {
  const base = { id: 'chromium', title: CHROMIUM.title, level: 'ok' as const };
  const path = findChromium(probe);
  if (path !== null) return { ...base, found: `${path} (for tests only)` };
  const command = commandFor([CHROMIUM], system) ?? 'npx playwright install chromium';
  return { ...base, found: `none; only the tests need it (${command})` };
}

function remedy(need: Need, system: System): Pick<Finding, 'meaning' | 'mend'> {
  const command = commandFor([need], system);
  const meaning = `Without it ${need.without}.`;
  return command === null ? { meaning } : { meaning, mend: command };
}

function wrongProgram(need: Need, setting: string): Pick<Finding, 'found' | 'meaning' | 'mend'> {
  return {
    found: `the program that ${setting} names does not run`,
    meaning: `Without it ${need.without}.`,
    mend: `correct ${setting}, or unset it to use the one on the PATH`,
  };
}
