import { performance } from 'node:perf_hooks';
import { mapConcurrently } from '../../server/src/async/map-concurrently.ts';
import { keepTerms, type TermOutcome } from '../../server/src/translation/terms/keep-terms.ts';
import type { PlaceholderStyle } from '../../server/src/translation/terms/placeholders.ts';
import type { TermRule, Translator } from '../../server/src/translation/translator.ts';
import { AppError } from '../../shared/errors.ts';
import { corpusBleu } from '../scoring/bleu.ts';
import { corpusChrf } from '../scoring/chrf.ts';
import { countTerm, type TermSentence } from './planted-terms.ts';

export interface TermPass {
  /** Share of the terms that stand in the translations as they stand in the sources. */
  readonly kept: number;
  /** Null where what the engine writes means nothing. */
  readonly bleu: number | null;
  readonly chrf: number | null;
  /** One sentence after the other; null where several were under way at once. */
  readonly msPerSentence: number | null;
}

export interface ProtectedPass extends TermPass {
  /** Share of the terms whose first placeholder came through. */
  readonly keptFirst: number;
  /** Share of the texts that had to be cut at their terms. */
  readonly cut: number;
  readonly callsPerText: number;
}

export interface TermMeasurement {
  readonly engine: string;
  readonly via: readonly string[];
  readonly to: string;
  /** Names of the sentences themselves, or invented ones in their place. */
  readonly names: 'own' | 'invented';
  readonly sentences: number;
  readonly terms: number;
  readonly plain: TermPass;
  /** As the server does it. */
  readonly protected: ProtectedPass;
  /** Each style of placeholder by itself, once, where that was asked for. */
  readonly styles: Readonly<Partial<Record<PlaceholderStyle, ProtectedPass>>>;
}

export interface TermMeasurementOptions {
  readonly styles: readonly PlaceholderStyle[];
  /** Whether BLEU and chrF say anything of this engine. */
  readonly scored: boolean;
  readonly signal: AbortSignal;
}

const FROM = 'en';
/** For styles by themselves, whose delay is not looked at. */
const CONCURRENCY = 8;

/** Translates the sentences without and with their terms as a glossary. */
export async function measureTerms(
  translator: Translator,
  to: string,
  names: TermMeasurement['names'],
  sentences: readonly TermSentence[],
  options: TermMeasurementOptions,
): Promise<TermMeasurement> {
  const pass = { to, sentences, options };
  // Whatever starts with the first sentence is not to count.
  await translateAll(translator, { ...pass, sentences: sentences.slice(0, 1) }, 1, false);
  const plain = await translateAll(translator, pass, 1, false);
  const whole = await protectedPass(translator, pass, 1);
  const styles: Partial<Record<PlaceholderStyle, ProtectedPass>> = {};
  for (const style of options.styles) {
    styles[style] = await protectedPass(translator, pass, CONCURRENCY, style);
  }
  return {
    engine: translator.name,
    via: translator.route(FROM, to)?.via ?? [],
    to,
    names,
    sentences: sentences.length,
    terms: sentences.reduce((sum, sentence) => sum + countIn(sentence.source, sentence), 0),
    plain,
    protected: whole,
    styles,
  };
}

interface Pass {
  readonly to: string;
  readonly sentences: readonly TermSentence[];
  readonly options: TermMeasurementOptions;
}

async function protectedPass(
  translator: Translator,
  pass: Pass,
  concurrency: number,
  style?: PlaceholderStyle,
): Promise<ProtectedPass> {
  const outcomes: TermOutcome[] = [];
  const observe = (outcome: TermOutcome) => outcomes.push(outcome);
  const once = { styles: style === undefined ? [] : [style], limits: { maxTries: ONE_TRY } };
  const keeper = keepTerms(translator, { ...(style === undefined ? {} : once), observe });
  const translated = await translateAll(keeper, pass, concurrency, true);
  const sum = (value: (outcome: TermOutcome) => number) =>
    outcomes.reduce((total, outcome) => total + value(outcome), 0);
  return {
    ...translated,
    keptFirst: sum(({ keptFirst }) => keptFirst) / sum(({ terms }) => terms),
    cut: sum(({ cut }) => Number(cut)) / outcomes.length,
    callsPerText: sum(({ calls }) => calls) / outcomes.length,
  };
}

const ONE_TRY = { final: 1, partial: 1 };

async function translateAll(
  translator: Translator,
  { to, sentences, options }: Pass,
  concurrency: number,
  withTerms: boolean,
): Promise<TermPass> {
  const { scored, signal } = options;
  const start = performance.now();
  const hypotheses = await mapConcurrently(sentences, concurrency, async ({ source, terms }) => {
    signal.throwIfAborted();
    const rules: TermRule[] = terms.map((term) => ({ term, translation: term }));
    const request = { text: source, from: FROM, to, kind: 'final' as const, signal };
    try {
      return (await translator.translate(withTerms ? { ...request, terms: rules } : request)).text;
    } catch (error) {
      if (error instanceof AppError && error.code === 'translator_failed') return '';
      throw error;
    }
  });
  const elapsedMs = performance.now() - start;
  const references = sentences.map(({ reference }) => reference);
  return {
    kept: shareKept(sentences, hypotheses),
    bleu: scored ? corpusBleu(hypotheses, references) : null,
    chrf: scored ? corpusChrf(hypotheses, references) : null,
    msPerSentence: concurrency === 1 ? elapsedMs / sentences.length : null,
  };
}

function shareKept(sentences: readonly TermSentence[], hypotheses: readonly string[]): number {
  let said = 0;
  let kept = 0;
  for (const [at, { source, terms }] of sentences.entries()) {
    for (const term of terms) {
      const times = countTerm(source, term);
      said += times;
      kept += Math.min(times, countTerm(hypotheses[at] ?? '', term));
    }
  }
  return kept / said;
}

function countIn(text: string, { terms }: TermSentence): number {
  return terms.reduce((sum, term) => sum + countTerm(text, term), 0);
}
