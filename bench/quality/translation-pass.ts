import { existsSync, readdirSync } from 'node:fs';
import { CleanUps } from '../../server/src/clean-ups.ts';
import { readSettings } from '../../server/src/config/settings.ts';
import { startEngines } from '../../server/src/engines.ts';
import type { BenchmarkContext } from '../benchmark.ts';
import { measureTranslation, TRANSLATION_CORPUS_DIR } from '../translation-quality.ts';
import type { TranslationPass, TranslatorScore } from './translation-table.ts';

const SOURCE = 'en';
const CORPUS_FILE = /^flores-dev\.([a-z]{2,3})$/;

/** BLEU and chrF of every translator that is set up and really there, English into each language. */
export async function runTranslationPass(
  limit: number | null,
  { progress, signal }: BenchmarkContext,
  corpusDir = TRANSLATION_CORPUS_DIR,
): Promise<TranslationPass> {
  const languages = corpusLanguages(corpusDir).filter((language) => language !== SOURCE);
  if (languages.length === 0) {
    return { translators: [], notice: `No translation test set at ${corpusDir}.` };
  }
  const settings = readSettings();
  const translators: TranslatorScore[] = [];
  for (const name of settings.TRANSLATORS.filter((each) => each !== 'none')) {
    progress(`Translating with ${name}`);
    const cleanUps = new CleanUps();
    try {
      const { translator } = await startEngines({ ...settings, TRANSLATORS: [name] }, cleanUps);
      if (translator.targets(SOURCE).length === 0) continue;
      const pairs = languages.map((to) => ({ from: SOURCE, to }));
      const measured = await measureTranslation(translator, pairs, limit ?? Infinity, {
        corpusDir,
        signal,
      });
      translators.push({ translator: name, pairs: measured });
    } finally {
      await cleanUps.run();
    }
  }
  return {
    translators,
    notice: translators.length === 0 ? 'No translator is installed.' : null,
  };
}

function corpusLanguages(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((file) => CORPUS_FILE.exec(file)?.[1] ?? [])
    .sort();
}
