import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { keepTerms } from './terms/keep-terms.ts';
import { TERM_LIMITS } from './terms/limits.ts';
import type { TermRule, TranslationRequest, Translator } from './translator.ts';

export interface TranslatorContract {
  create(): Promise<Translator>;
  /** Pairs from English that it must have, with the languages it passes through where that is sure. */
  readonly pairs: readonly { from: string; to: string; via?: readonly string[] }[];
  readonly unsupported: { readonly from: string; readonly to: string };
  /** Longest text it takes, where it has a limit. */
  readonly maxTextChars: number | null;
  /** Processes of this engine that run just now. */
  runningProcesses(): Promise<number>;
}

const TERMS: readonly TermRule[] = [
  { term: 'Parlance', translation: 'Parlance' },
  { term: 'break-out room', translation: 'sala 9' },
  { term: 'fan-out', translation: 'abanico' },
  { term: 'C++', translation: 'C++' },
  { term: 'GPT-4', translation: 'GPT-4' },
];

/** What everything behind the port `Translator` must keep, whoever made it, as the server uses it. */
export function describeTranslator(name: string, contract: TranslatorContract): void {
  const [first] = contract.pairs;
  if (first === undefined) throw new Error('Expected at least one pair to test, got none');

  describe(`${name} as a translator`, () => {
    let translator: Translator;
    const request = (text: string, more: Partial<TranslationRequest> = {}): TranslationRequest => ({
      text,
      from: first.from,
      to: first.to,
      kind: 'final',
      ...more,
    });
    const translated = async (text: string, more: Partial<TranslationRequest> = {}) =>
      (await translator.translate(request(text, more))).text;

    beforeEach(async () => {
      translator = keepTerms(await contract.create());
    });
    afterEach(async () => {
      await translator.close();
    });

    it.each(contract.pairs)('translates $from to $to', async ({ from, to, via }) => {
      expect(translator.route(from, to)).toEqual({ via: via ?? expect.any(Array) });
      expect(translator.targets(from)).toContain(to);
      const answer = await translator.translate(request('The house 734.', { from, to }));
      expect(answer.engine).toBe(translator.name);
      expect(answer.quality).toBe(translator.quality);
      expect(answer.text).toContain('734');
      expect(answer.text).not.toBe('The house 734.');
    });

    describe.each(contract.pairs)('terms from $from to $to', ({ from, to }) => {
      const countOf = (text: string, part: string) => text.split(part).length - 1;

      it.each(['partial', 'final'] as const)('keeps them in a %s', async (kind) => {
        const text = await translated(
          "Parlance's break out room 734 is for C++. Fan-out, Parlance and GPT-4 are good.\n" +
            'We saw 17 Parlance houses, and the fan-out of Parlance, in PARLANCE.',
          { from, to, kind, terms: TERMS },
        );
        expect(countOf(text, 'Parlance')).toBe(5);
        // What comes to begin a sentence has a capital.
        expect(countOf(text.toLowerCase(), 'sala 9')).toBe(1);
        expect(countOf(text.toLowerCase(), 'abanico')).toBe(2);
        expect(countOf(text, 'C++')).toBe(1);
        expect(countOf(text, 'GPT-4')).toBe(1);
        expect(
          text
            .replace(/sala 9/i, '')
            .match(/\b\d+/g)
            ?.sort(),
        ).toEqual(['17', '4', '734']);
        expect(text.split('\n')).toHaveLength(2);
      });

      it('keeps more of them than there are placeholders', async () => {
        const times = 2 * TERM_LIMITS.maxPlaceholders;
        const text = await translated('The fan-out is good. '.repeat(times), {
          from,
          to,
          terms: TERMS,
        });
        expect(countOf(text.toLowerCase(), 'abanico')).toBe(times);
      });
    });

    it('keeps a text that is nothing but a term, and refuses it where it has no route', async () => {
      await expect(translated(' Parlance. ', { terms: TERMS })).resolves.toContain('Parlance.');
      const { from, to } = contract.unsupported;
      await expect(translated('Parlance.', { from, to, terms: TERMS })).rejects.toMatchObject({
        code: 'language_unsupported',
      });
    });

    it('has a route to each target and to nothing else', () => {
      const targets = translator.targets(first.from);
      expect(targets).not.toContain(first.from);
      expect(new Set(targets).size).toBe(targets.length);
      for (const target of targets) expect(translator.route(first.from, target)).not.toBeNull();
      expect(translator.route(first.from, first.from)).toBeNull();
      expect(translator.targets('xx')).toEqual([]);
    });

    it('refuses a pair that it lacks by name', async () => {
      const { from, to } = contract.unsupported;
      expect(translator.route(from, to)).toBeNull();
      const refusal = translator.translate(request('Good morning.', { from, to }));
      await expect(refusal).rejects.toMatchObject({
        code: 'language_unsupported',
        message: expect.stringContaining(to),
      });
    });

    it('answers parallel calls each with its own text', async () => {
      const numbers = Array.from({ length: 40 }, (_, index) => 1000 + index);
      const texts = await Promise.all(
        numbers.map((number) => translated(`The ${number} dogs are in the house.`)),
      );
      for (const [at, text] of texts.entries()) {
        expect(text.match(/\d+/g)).toEqual([String(numbers[at])]);
      }
    });

    it('rejects an aborted call with the reason, without a listener left, and serves the others', async () => {
      const reason = new Error('nobody reads it any more');
      const early = new AbortController();
      early.abort(reason);
      await expect(translated('One.', { signal: early.signal })).rejects.toBe(reason);

      const late = new AbortController();
      const aborted = translated('The old house.', { kind: 'partial', signal: late.signal });
      const served = translated('The 2222 dogs.', { signal: new AbortController().signal });
      late.abort(reason);
      await expect(aborted).rejects.toBe(reason);
      await expect(served).resolves.toContain('2222');

      const unused = new AbortController();
      await translated('The old house.', { signal: unused.signal });
      for (const { signal } of [early, late, unused]) {
        expect(getEventListeners(signal, 'abort')).toEqual([]);
      }
    });

    it('makes nothing out of nothing', async () => {
      await expect(translated('')).resolves.toBe('');
      await expect(translated(' \n\t ')).resolves.toBe('');
    });

    it('keeps numbers', async () => {
      const text = await translated('On day 17 we paid 1,250.75 for 3 of 40 houses at 18:45.');
      for (const number of ['17', '1,250.75', '3', '40', '18:45']) expect(text).toContain(number);
    });

    it('keeps characters that mean something to engines and formats', async () => {
      const text = await translated('[q] ^w$ \\ @ / <b> {z} * # ~ & + | _ % ` = "x" 😀 漢 ½');
      for (const piece of ['[', ']', '^', '$', '\\', '@', '/', '<b>', '{', '}', '*', '#']) {
        expect(text).toContain(piece);
      }
      for (const piece of ['~', '+', '|', '_', '%', '`', '=', '"x"', '😀', '漢', '½']) {
        expect(text).toContain(piece);
      }
    });

    it('takes texts that are nothing but marks, controls or halves of characters', async () => {
      for (const text of ['...', '[]', '\\', '♪ ♪', '12:30', '^$', '[#1#]', '.[][#0#]']) {
        await expect(translated(text)).resolves.toContain(text);
      }
      await expect(translated('The\0 house\u0007 76.')).resolves.toContain('76');
      await expect(translated('The \ud800 house 77.')).resolves.toContain('77');
      await expect(translated('\\ [#9#] house 78 ] $ ^')).resolves.toContain('78');
    });

    it('keeps lines apart', async () => {
      const text = await translated('The house 1.\nThe dog 2.\n\nThe cat 3.');
      expect(text.split('\n').map((line) => line.replace(/\D/g, ''))).toEqual(['1', '2', '', '3']);
    });

    it('takes a long text whole', async () => {
      const sentences = Array.from({ length: 200 }, (_, index) => `We saw ${1000 + index} dogs.`);
      const text = await translated(sentences.join(' '));
      expect(text.match(/\d+/g)).toEqual(sentences.map((sentence) => /\d+/.exec(sentence)?.[0]));
    });

    const { maxTextChars } = contract;
    if (maxTextChars !== null) {
      it('refuses what is too long for it', async () => {
        await expect(translated('x'.repeat(maxTextChars + 1))).rejects.toMatchObject({
          code: 'translator_failed',
          message: `Expected a text of at most ${maxTextChars} characters, got ${maxTextChars + 1}.`,
        });
      });
    }

    it('never tells in an error what was said', async () => {
      const { from, to } = contract.unsupported;
      const refusal = await translator
        .translate(request('Marmalade at dawn.', { from, to }))
        .catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(AppError);
      expect(String(refusal)).not.toContain('Marmalade');
    });

    it('closes twice, refuses what waits and what comes, and leaves nothing running', async () => {
      await translated('The house.');
      const waiting = translated('The dog.').then(
        () => 'answered',
        (error: unknown) => (error instanceof AppError ? error.code : error),
      );
      await Promise.all([translator.close(), translator.close()]);
      await translator.close();
      expect(['answered', 'shutting_down']).toContain(await waiting);
      await expect(translated('The cat.')).rejects.toMatchObject({ code: 'shutting_down' });
      await expect(contract.runningProcesses()).resolves.toBe(0);
    });
  });
}
