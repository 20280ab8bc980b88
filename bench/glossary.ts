import { setMaxListeners } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PLACEHOLDER_STYLES } from '../server/src/translation/terms/placeholders.ts';
import { type Benchmark, UsageError } from './benchmark.ts';
import { measureTerms, type TermMeasurement } from './glossary/measure-terms.ts';
import { sentencesWithNames, withInventedNames } from './glossary/planted-terms.ts';
import { type TermEngine, termEngines } from './glossary/term-engines.ts';
import { styleTable, survivalTable, termQualityTable } from './glossary/term-tables.ts';
import { TRANSLATION_CORPUS_DIR } from './translation-quality.ts';

const FROM = 'en';
const DEFAULT_SENTENCES = 100;
/** A made model is slow, and says nothing of quality. */
const MADE_SENTENCES = 20;
const CORPUS_FILE = /^flores-dev\.([a-z]{2,3})$/;

interface GlossaryOptions {
  readonly limit: number;
  readonly everyStyle: boolean;
}

/** How often a glossary's terms survive each engine, and what keeping them costs. */
export const glossaryBenchmark: Benchmark = {
  name: 'glossary',
  summary: 'How often terms survive translation, per engine and language, and what that costs.',
  usage: [
    `--limit N      sentences with terms, for each language; ${DEFAULT_SENTENCES} without it`,
    '--every-style  measures each style of placeholder by itself as well',
  ],
  async run(args, context) {
    const { limit, everyStyle } = parse(args);
    // Every text under way listens to it.
    setMaxListeners(0, context.signal);
    const notes: string[] = [];
    const measurements: TermMeasurement[] = [];
    const languages = corpusLanguages();
    if (languages.length === 0) {
      notes.push(`No translation test set at ${TRANSLATION_CORPUS_DIR}: nothing was measured.`);
    }
    for (const engine of languages.length === 0 ? [] : termEngines(notes)) {
      measurements.push(
        ...(await engine.use(async (translator) => {
          const measured: TermMeasurement[] = [];
          for (const to of languages.filter((each) => translator.route(FROM, each) !== null)) {
            context.progress(`${translator.name} into ${to}`);
            const own = readSentences(to).slice(0, engine.genuine ? limit : MADE_SENTENCES);
            for (const names of ['own', 'invented'] as const) {
              const sentences = names === 'own' ? own : withInventedNames(own);
              const options = {
                styles: everyStyle ? PLACEHOLDER_STYLES : [],
                scored: engine.genuine,
                signal: context.signal,
              };
              const result = await measureTerms(translator, to, names, sentences, options);
              measured.push({ ...result, engine: nameOf(engine, result.engine) });
            }
          }
          return measured;
        })),
      );
    }
    if (measurements.some(({ engine }) => engine.endsWith(MADE))) {
      notes.push(
        `"${MADE}": a model that moves the letters of the alphabet. It shows that the mechanism works in`,
        "Bergamot; of how often terms survive Firefox's models it says nothing.",
      );
    }
    const byStyle = styleTable(measurements);
    return {
      data: { measurements, notes },
      tables: [
        survivalTable(measurements, notes),
        termQualityTable(measurements),
        ...(byStyle === null ? [] : [byStyle]),
      ],
    };
  },
};

const MADE = ' (made)';

function nameOf({ genuine }: TermEngine, engine: string): string {
  return genuine ? engine : engine + MADE;
}

function corpusLanguages(): string[] {
  if (!existsSync(TRANSLATION_CORPUS_DIR)) return [];
  return readdirSync(TRANSLATION_CORPUS_DIR)
    .flatMap((file) => CORPUS_FILE.exec(file)?.[1] ?? [])
    .filter((language) => language !== FROM)
    .sort();
}

function readSentences(to: string) {
  const read = (language: string) =>
    readFileSync(join(TRANSLATION_CORPUS_DIR, `flores-dev.${language}`), 'utf8')
      .trimEnd()
      .split('\n');
  return sentencesWithNames(read(FROM), read(to));
}

function parse(args: readonly string[]): GlossaryOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { limit: { type: 'string' }, 'every-style': { type: 'boolean' } },
    });
    const limit = Number(values.limit ?? DEFAULT_SENTENCES);
    if (!Number.isInteger(limit) || limit < 1) {
      throw new UsageError(`Expected --limit with a number above 0, got "${values.limit}".`);
    }
    return { limit, everyStyle: values['every-style'] === true };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
