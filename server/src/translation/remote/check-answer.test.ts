import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { ANSWER_LIMITS, checkAnswer } from './check-answer.ts';
import { type LanguageDetector, loadLanguageDetector } from './language-detector.ts';

const LANGUAGES = ['ca', 'de', 'en', 'es', 'fr', 'gl', 'it', 'pt', 'ro'];
const corpusOf = (language: string) =>
  new URL(`../../../../../shared/translation/flores-dev.${language}`, import.meta.url);
/** Without the corpus: the same few sentences in two languages. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  en: [
    'Good morning everybody, and thank you for coming to this meeting so early in the day.',
    'The first question is whether we can finish the work before the end of the year.',
    'Nobody knows yet how much it will cost, but we have asked for three offers.',
  ],
  es: [
    'Buenos días a todos, y gracias por venir a esta reunión tan temprano por la mañana.',
    'La primera pregunta es si podemos terminar el trabajo antes de que acabe el año.',
    'Nadie sabe todavía cuánto costará, pero hemos pedido tres presupuestos distintos.',
  ],
};

const PROBLEMS = new Set(['empty', 'too_long', 'too_short', 'wrong_script', 'wrong_language']);

let detector: LanguageDetector;
let sentences: Map<string, readonly string[]>;

beforeAll(async () => {
  detector = await loadLanguageDetector();
  const there = existsSync(corpusOf('en'));
  if (!there)
    console.info('No corpus at ../shared/translation: a few sentences of our own instead.');
  sentences = new Map(
    (there ? LANGUAGES : Object.keys(OWN)).map((language) => [
      language,
      there ? readFileSync(corpusOf(language), 'utf8').trim().split('\n') : (OWN[language] ?? []),
    ]),
  );
});

const verdict = (source: string, answer: string, from = 'en', to = 'es') => {
  const checked = checkAnswer(source, answer, { from, to }, detector);
  return checked.kind === 'usable' ? checked.text : checked.problem;
};

/** Up to a word's end, as long as somebody speaks between two pauses. */
function beginning(sentence: string, chars: number): string {
  return sentence.length <= chars ? sentence : sentence.slice(0, sentence.lastIndexOf(' ', chars));
}

test('believes translations, and not texts of another language', () => {
  let refused = 0;
  let all = 0;
  let doubted = 0;
  let wrong = 0;
  for (const [from, sources] of sentences) {
    for (const [to, targets] of sentences) {
      if (from === to) continue;
      for (const [at, source] of sources.entries()) {
        if (at % 10 !== 0) continue;
        const target = targets[at] ?? '';
        all += 1;
        if (PROBLEMS.has(verdict(source, target, from, to))) refused += 1;
        // What was said instead of what it means.
        if (from !== 'en' && to !== 'en') continue;
        wrong += 1;
        if (verdict(source, source, from, to) === 'wrong_language') doubted += 1;
      }
    }
  }
  expect(refused / all).toBeLessThan(0.001);
  expect(doubted / wrong).toBeGreaterThan(0.95);
});

test('believes short translations too, nearly always', () => {
  let believed = 0;
  let all = 0;
  for (const [language, texts] of sentences) {
    for (const text of texts.map((each) => beginning(each, 60)).filter((each) => each !== '')) {
      all += 1;
      if (verdict(text, text, 'xx', language) === text) believed += 1;
    }
  }
  expect(believed / all).toBeGreaterThan(0.998);
});

describe('checkAnswer', () => {
  const LONG = 'The house that we saw on the hill belongs to my sister now.';

  it('takes what is short for what it is', () => {
    for (const text of ['OK.', 'Oslo', 'GPT-4', '17', 'Sí, claro.']) {
      expect(verdict('Yes, of course.', text)).toBe(text);
    }
  });

  it.each([
    ['', 'empty'],
    [' \n', 'empty'],
    ['…', 'empty'],
    ['La casa.', 'too_short'],
    ['La casa que vimos. '.repeat(20), 'too_long'],
    ['Дом, который мы видели на холме, теперь принадлежит моей сестре.', 'wrong_script'],
    [
      'Das Haus, das wir auf dem Hügel gesehen haben, gehört jetzt meiner Schwester.',
      'wrong_language',
    ],
    [LONG, 'wrong_language'],
  ])('does not take %j', (answer, problem) => {
    expect(verdict(LONG, answer)).toBe(problem);
  });

  it('[INV4] takes so much and no more', () => {
    const most = ANSWER_LIMITS.maxGrowth * LONG.length + ANSWER_LIMITS.extraChars;
    expect(verdict(LONG, '1'.repeat(most))).toHaveLength(most);
    expect(verdict(LONG, '1'.repeat(most + 1))).toBe('too_long');
    const least = Math.ceil(ANSWER_LIMITS.minShare * LONG.length);
    expect(verdict(LONG, '1'.repeat(least))).toHaveLength(least);
    expect(verdict(LONG, '1'.repeat(least - 1))).toBe('too_short');
  });

  it('knows that some languages are written much denser', () => {
    const chinese = '我们在山上看到的那座房子现在是我姐姐的。';
    expect(verdict(LONG, chinese, 'en', 'zh')).toBe(chinese);
    expect(verdict(chinese, LONG.repeat(3), 'zh', 'en')).toBe(LONG.repeat(3));
    expect(verdict(LONG, '房子。', 'en', 'zh')).toBe('too_short');
  });

  it('does not mistake neighbours for each other, nor judge what it does not know', () => {
    const croatian = 'Kuća koju smo vidjeli na brdu sada pripada mojoj sestri.';
    const norwegian = 'Huset som vi så på bakken tilhører nå søsteren min.';
    const esperanto = 'La domo, kiun ni vidis sur la monteto, nun apartenas al mia fratino.';
    expect(verdict(LONG, croatian, 'en', 'sr')).toBe(croatian);
    expect(verdict(LONG, norwegian, 'en', 'da')).toBe(norwegian);
    expect(verdict(LONG, esperanto, 'en', 'eo')).toBe(esperanto);
    expect(verdict(LONG, LONG, 'en', 'eo')).toBe('wrong_language');
  });
});
