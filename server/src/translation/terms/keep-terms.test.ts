import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../../shared/errors.ts';
import { FakeTranslator } from '../fake/fake-translator.ts';
import { createNoneTranslator } from '../none/none-translator.ts';
import type { TermRule, Translation, TranslationRequest, Translator } from '../translator.ts';
import { type KeepTermsOptions, keepTerms, type TermOutcome } from './keep-terms.ts';
import { CUT_CALLS, TERM_LIMITS } from './limits.ts';
import { PLACEHOLDER_STYLES } from './placeholders.ts';

/** An engine that makes of each text what a test says. */
class ScriptedTranslator implements Translator {
  readonly name = 'scripted';
  readonly quality = 'basic';
  readonly texts: string[] = [];
  readonly #write: (text: string) => string;

  constructor(write: (text: string) => string) {
    this.#write = write;
  }

  route() {
    return { via: [] };
  }

  targets() {
    return ['es'];
  }

  translate({ text }: TranslationRequest): Promise<Translation> {
    this.texts.push(text);
    return Promise.resolve({ text: this.#write(text), engine: this.name, quality: this.quality });
  }

  close() {
    return Promise.resolve();
  }
}

const TERMS: readonly TermRule[] = [
  { term: 'Parlance', translation: 'Parlance' },
  { term: 'fan-out', translation: 'abanico' },
  { term: 'US', translation: 'EE. UU.' },
  { term: 'iPad', translation: 'iPad' },
];
const request = (text: string, more: Partial<TranslationRequest> = {}): TranslationRequest => ({
  text,
  from: 'en',
  to: 'es',
  kind: 'final',
  terms: TERMS,
  ...more,
});

async function translated(
  write: (text: string) => string,
  text: string,
  options: KeepTermsOptions = {},
) {
  const engine = new ScriptedTranslator(write);
  const outcomes: TermOutcome[] = [];
  const keeper = keepTerms(engine, { ...options, observe: (outcome) => outcomes.push(outcome) });
  const answer = await keeper.translate(request(text));
  return { text: answer.text, asked: engine.texts, outcome: outcomes[0] };
}

const same = (text: string) => text;

describe('keepTerms', () => {
  it('hides terms from the engine and puts them back', async () => {
    const { text, asked, outcome } = await translated(
      (each) => `¡${each}!`,
      "Parlance's fan-out in the US.",
    );
    expect(text).toBe("¡Parlance's abanico in the EE. UU.!");
    expect(asked).toHaveLength(1);
    expect(asked[0]).not.toMatch(/Parlance|fan-out|US/);
    expect(outcome).toEqual({ terms: 3, keptFirst: 3, calls: 1, cut: false });
  });

  it('leaves texts without terms, and requests without rules, to the engine as they are', async () => {
    const fake = new FakeTranslator();
    const keeper = keepTerms(fake);
    const { terms: _, ...plain } = request('No term in here.');
    await keeper.translate({ ...plain, terms: TERMS });
    await keeper.translate({ ...plain, terms: [] });
    await keeper.translate(plain);
    expect(fake.requests).toEqual([plain, plain, plain]);
  });

  it('passes on what the engine says of itself, and its refusals', async () => {
    const fake = new FakeTranslator({ name: 'inner', quality: 'neural' });
    const keeper = keepTerms(fake);
    expect(keeper.name).toBe('inner');
    expect(keeper.quality).toBe('neural');
    expect(keeper.route('en', 'fr')).toEqual({ via: ['ca'] });
    expect(keeper.route('en', 'xx')).toBeNull();
    expect(keeper.targets('en')).toEqual(fake.targets('en'));
    const unknown = keeper.translate(request('Parlance.', { to: 'xx' }));
    await expect(unknown).rejects.toMatchObject({ code: 'language_unsupported' });
    await keeper.close();
    expect(fake.closed).toBe(true);
    const closed = keeper.translate(request('Parlance.'));
    await expect(closed).rejects.toMatchObject({ code: 'shutting_down' });
    const none = keepTerms(createNoneTranslator()).translate(request('Parlance.'));
    await expect(none).rejects.toMatchObject({ code: 'language_unsupported' });
  });

  it('does not go on once an engine failed or the caller gave up', async () => {
    const failure = new AppError('translator_failed', 'Scripted.');
    const failing = new FakeTranslator({ failure: () => failure });
    await expect(keepTerms(failing).translate(request('Parlance.'))).rejects.toBe(failure);
    expect(failing.requests).toHaveLength(1);

    const stop = new AbortController();
    const reason = new Error('gone');
    const fake = new FakeTranslator({
      latency: () => Promise.resolve(stop.abort(reason)),
    });
    const given = keepTerms(fake).translate(request('Parlance.', { signal: stop.signal }));
    await expect(given).rejects.toBe(reason);
    expect(fake.requests).toHaveLength(1);
  });

  it('asks again with other placeholders for the terms that got lost, and for them only', async () => {
    // Names are lost, and of two numbers one.
    const { text, asked, outcome } = await translated(
      (each) => each.replace(/Denver|7041/g, '?'),
      'Parlance and fan-out.',
      { styles: ['name', 'number', 'word'] },
    );
    expect(text).toBe('Parlance and abanico.');
    expect(asked).toEqual(['Denver and Oslo.', '7041 and Oslo.', 'Zurvak and Oslo.']);
    expect(outcome).toEqual({ terms: 2, keptFirst: 1, calls: 3, cut: false });
  });

  it('cuts a text at the terms that no placeholder keeps', async () => {
    const { text, asked, outcome } = await translated(
      (each) => each.replace(/Denver|7041|X\d+/g, '').toUpperCase(),
      'We use Parlance and a fan-out.',
      { styles: ['name', 'code', 'number'] },
    );
    expect(asked.slice(3)).toEqual(['We use\nand a Oslo.']);
    expect(text).toBe('WE USE Parlance AND A abanico.');
    expect(outcome).toMatchObject({ cut: true, calls: 4 });
  });

  it.each(['Parlance 42, yes', "Parlance'US, 42", 'Parlance\n42\nUS'])(
    'loses no other term of %s where it cuts at one',
    async (text) => {
      const write = (each: string) => each.replace(/Denver|X2748|7041/g, '');
      const engine = new ScriptedTranslator(write);
      const keeper = keepTerms(engine, { styles: ['name', 'code', 'number'] });
      const terms = [...TERMS, { term: '42', translation: 'cuarenta' }];
      const answer = await keeper.translate(request(text, { terms }));
      expect(answer.text).toBe(text.replace('42', 'cuarenta').replace('US', 'EE. UU.'));
      expect(engine.texts.length).toBeGreaterThan(3);
    },
  );

  it('takes back the capitals and full stops of sentences that are none', async () => {
    const sentence = (line: string) => `${line.slice(0, 1).toUpperCase()}${line.slice(1)}.`;
    const { text } = await translated(
      (each) => each.split('\n').map(sentence).join('\n'),
      'Once Parlance met us. Then Parlance went away',
      { limits: { maxPlaceholders: 0 } },
    );
    expect(text).toBe('Once Parlance met us. Then Parlance went away');
  });

  it('leaves a possessive with its term where it cuts', async () => {
    const { text, asked } = await translated(same, "It is Parlance’s house, Parlance's.", {
      limits: { maxPlaceholders: 0 },
    });
    expect(text).toBe("It is Parlance’s house, Parlance's.");
    expect(asked).toEqual(['It is\nhouse,']);
  });

  it('keeps lines apart where it cuts', async () => {
    const lines = 'One Parlance\n\nand\r\na fan-out\nParlance\n';
    const { text } = await translated(same, lines, { limits: { maxPlaceholders: 0 } });
    expect(text).toBe('One Parlance\n\nand\r\na abanico\nParlance');
  });

  it.each([
    ['Fan-out is good.', 'Abanico is good.'],
    ['fan-out is good.', 'abanico is good.'],
    ['A fan-out is good.', 'A abanico is good.'],
    ['Good. Fan-out, yes.', 'Good. Abanico, yes.'],
    ['He said: "Fan-out." OK.', 'He said: "abanico." OK.'],
    ['"Fan-out" is good.', '"Abanico" is good.'],
    ['IPad is good.', 'iPad is good.'],
    ['Good.\nFan-out', 'Good.\nAbanico'],
  ])('%s gives %s: a capital at a sentence’s beginning', async (text, expected) => {
    expect((await translated(same, text)).text).toBe(expected);
    const cut = await translated(same, text, { limits: { maxPlaceholders: 0 } });
    expect(cut.text).toBe(expected);
  });

  it('gives a capital to a term that comes to the front', async () => {
    const moved = (text: string) => text.replace(/^A (\S+) is good\.$/, '$1 bonas.');
    expect((await translated(moved, 'A fan-out is good.')).text).toBe('Abanico bonas.');
  });

  it('has one full stop where an abbreviation ends a sentence', async () => {
    expect((await translated(same, 'In the US. In the US...')).text).toBe(
      'In the EE. UU. In the EE. UU....',
    );
  });

  it.each([
    ['other case', (text: string) => text.toLowerCase()],
    ['spaces in it', (text: string) => text.replace(/X(?=\d)/g, 'X ').replace('Zur', 'Zur ')],
    ['a hyphen', (text: string) => text.replace(/X(?=\d)/g, 'X-').replace('vak', '-vak')],
    ['thousands apart', (text: string) => text.replace(/(\d)(\d{3})/g, '$1\u202f$2')],
    ['thousands with a point', (text: string) => text.replace(/(\d)(\d{3})/g, '$1.$2')],
  ])('knows a placeholder again with %s', async (_, write) => {
    for (const style of PLACEHOLDER_STYLES) {
      const { text, asked } = await translated(write, 'so Parlance, 3, here', { styles: [style] });
      expect(asked).toHaveLength(1);
      expect(text).toBe('so Parlance, 3, here');
    }
  });

  it.each([
    ['in another word', (text: string) => text.replace(/(Denver|Zurvak|X2748|7041)/, '$1ese')],
    ['behind another word', (text: string) => text.replace(/(Denver|Zurvak|X2748|7041)/, 'de$1')],
    ['in another number', (text: string) => text.replace(/(Denver|Zurvak|X2748|7041)/, '1$1')],
    ['twice', (text: string) => text.replace(/(Denver|Zurvak|X2748|7041)/, '$1 and $1')],
    [
      'cut short',
      (text: string) => text.replace(/(Denver|Zurvak|X2748|7041)/, (all) => all.slice(1)),
    ],
  ])('does not take a placeholder %s for one', async (_, write) => {
    for (const style of PLACEHOLDER_STYLES) {
      const { text, outcome } = await translated(write, 'so Parlance here', { styles: [style] });
      expect(outcome?.keptFirst).toBe(0);
      expect(text.split('Parlance')).toHaveLength(2);
    }
  });

  it.each(['在$&的', '$&는', 'ที่$&'])(
    'knows a placeholder in %s, where words touch',
    async (frame) => {
      const write = (text: string) => text.replace(/Denver|Zurvak|X2748|7041/, frame);
      for (const style of PLACEHOLDER_STYLES) {
        const { text, outcome } = await translated(write, 'so Parlance here', { styles: [style] });
        expect(outcome?.keptFirst).toBe(1);
        expect(text).toBe(`so ${frame.replace('$&', 'Parlance')} here`);
      }
    },
  );

  it('does not take a number with decimals or in a larger number for one', async () => {
    for (const change of ['$&,5', '$&.5', '$&\u00a0000', "$&'000", '1.$&', '5:$&']) {
      const { outcome } = await translated((text) => text.replace('7041', change), 'so Parlance', {
        styles: ['number'],
      });
      expect(outcome?.keptFirst).toBe(0);
    }
    const near = (text: string) => text.replace(/(?<=Denver|7041) /, '\u00a0');
    for (const [style, said] of [
      ['name', 'Parlance 5'],
      ['number', 'At 5, Parlance, 3'],
    ] as const) {
      expect((await translated(near, said, { styles: [style] })).outcome?.keptFirst).toBe(1);
    }
  });

  it('never takes a placeholder that could be read in the text', async () => {
    for (const style of PLACEHOLDER_STYLES) {
      const first = (await translated(same, 'Parlance', { styles: [style] })).asked[0] ?? '';
      for (const said of [first, first.toLowerCase(), [...first].join('-'), `a${first}b`]) {
        const { text, asked } = await translated(same, `Parlance ${said}`, { styles: [style] });
        expect(text).toBe(`Parlance ${said}`);
        expect(asked[0]?.startsWith(first)).toBe(false);
      }
    }
  });

  it('cuts where a text holds every placeholder itself', async () => {
    const every = Array.from({ length: 10_000 }, (_, at) => String(at).padStart(4, '0')).join(' ');
    const { text, outcome } = await translated(same, `Parlance ${every}`, { styles: ['number'] });
    expect(text).toBe(`Parlance ${every}`);
    expect(outcome).toEqual({ terms: 1, keptFirst: 0, calls: 1, cut: true });
  });

  it('asks first for what an engine mostly keeps, once it is known', async () => {
    const engine = new ScriptedTranslator((text) => text.replace(/[A-Z]\p{L}+/gu, '?'));
    const keeper = keepTerms(engine, { styles: ['name', 'number'] });
    for (let turn = 0; turn < 8; turn += 1) await keeper.translate(request('so Parlance'));
    engine.texts.length = 0;
    await expect(keeper.translate(request('so Parlance'))).resolves.toMatchObject({
      text: 'so Parlance',
    });
    expect(engine.texts).toEqual(['so 7041']);
    // Another pair of languages is another matter.
    await keeper.translate(request('so Parlance', { to: 'fr' }));
    expect(engine.texts[1]).toBe('so Denver');
  });

  it('[INV4] asks for a text no more often than it may', async () => {
    const text = 'We Parlance you Parlance them '.repeat(40);
    const deaf = () => 'all in one line';
    for (const kind of ['final', 'partial'] as const) {
      const { maxTries, maxPieceCalls } = TERM_LIMITS;
      const most = maxTries[kind] + CUT_CALLS + maxPieceCalls[kind];
      for (const said of [text, 'We Parlance you fan-out them'.repeat(3)]) {
        const engine = new ScriptedTranslator(deaf);
        const answer = await keepTerms(engine).translate(request(said, { kind }));
        expect(engine.texts.length).toBeLessThanOrEqual(most);
        expect(answer.text.split('Parlance').length).toBe(said.split('Parlance').length);
      }
    }
  });

  it('[INV4] cuts a text with more terms than placeholders in one call', async () => {
    const text = 'one Parlance '.repeat(TERM_LIMITS.maxPlaceholders + 1).trim();
    const { text: answer, outcome } = await translated(same, text);
    expect(answer).toBe(text);
    expect(outcome).toMatchObject({ calls: 1, cut: true });
  });
});

describe('keepTerms with an engine whose time is limited', () => {
  const LIMITS = { final: 6_000, partial: 1_500 };

  /** Answers each text after so long, as `write` says. */
  class SlowTranslator extends ScriptedTranslator {
    readonly totalMs = LIMITS;
    readonly #answerMs: number;
    /** Of those that were given up. */
    aborted = 0;

    constructor(answerMs: number, write: (text: string) => string) {
      super(write);
      this.#answerMs = answerMs;
    }

    override async translate(asked: TranslationRequest): Promise<Translation> {
      const answer = super.translate(asked);
      asked.signal?.addEventListener('abort', () => {
        this.aborted += 1;
      });
      await new Promise((resolve) => setTimeout(resolve, this.#answerMs));
      return await answer;
    }
  }

  const loses = (text: string) => text.replace(/Denver|Zurvak|X2748|7041/g, '');
  const joins = (text: string) => loses(text).replace(/\n/g, ' ');

  async function asked(engine: SlowTranslator, more: Partial<TranslationRequest> = {}) {
    const startedAt = performance.now();
    const answering = keepTerms(engine)
      .translate(request('We use Parlance and they do not', more))
      .then(
        ({ text }) => text,
        (error: AppError) => error.code,
      )
      .then((ended) => ({ ended, tookMs: performance.now() - startedAt }));
    await vi.runAllTimersAsync();
    return await answering;
  }

  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([400, 1_000, 2_500, 3_500, 5_900])(
    '[INV4] has one time for all calls of a final that take %i ms each, and leaves it to the next engine then',
    async (answerMs) => {
      vi.useFakeTimers();
      const engine = new SlowTranslator(answerMs, joins);
      const { ended, tookMs } = await asked(engine);
      if (tookMs >= LIMITS.final) expect(ended).toBe('translator_failed');
      else expect(ended).toContain('Parlance');
      expect(tookMs).toBeLessThanOrEqual(LIMITS.final);
      expect(engine.aborted).toBe(tookMs >= LIMITS.final ? engine.texts.length : 0);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('cuts while there is time for it rather than try yet other placeholders', async () => {
    vi.useFakeTimers();
    const engine = new SlowTranslator(2_500, loses);
    expect(await asked(engine)).toEqual({
      ended: 'We use Parlance and they do not',
      tookMs: 5_000,
    });
    expect(engine.texts).toHaveLength(2);
    // One that is quick is asked with every style, as ever.
    const quick = new SlowTranslator(100, loses);
    await asked(quick);
    expect(quick.texts.length).toBeGreaterThan(2);
  });

  it('[INV4] lets a partial take no longer than one without terms, and gives it to nobody else', async () => {
    vi.useFakeTimers();
    const engine = new SlowTranslator(1_000, joins);
    const { ended, tookMs } = await asked(engine, { kind: 'partial' });
    expect({ ended, tookMs }).toEqual({ ended: 'server_busy', tookMs: LIMITS.partial });
  });

  it('ends with the reason of who gave up', async () => {
    vi.useFakeTimers();
    const stop = new AbortController();
    const keeper = keepTerms(new SlowTranslator(60_000, same));
    const answering = keeper.translate(request('Parlance', { signal: stop.signal }));
    const reason = new Error('gone');
    stop.abort(reason);
    await expect(answering).rejects.toBe(reason);
    await vi.runAllTimersAsync();
  });
});

/** What a bad engine does to one word. */
const MISDEEDS: readonly ((word: string, words: readonly string[]) => string)[] = [
  same,
  () => '',
  (word) => `${word} ${word}`,
  (word) => [...word].reverse().join(''),
  (word) => word.slice(1),
  (word) => word.toUpperCase(),
  (word) => word.toLowerCase(),
  (word) => [...word].join(' '),
  (word) => word.replace(/\d/g, '9'),
  (word) => `${word}s`,
  (word, words) => words[0] ?? word,
  (word, words) => words.at(-1) ?? word,
  (word) => `${word}\n`,
];
/** And to lines. */
const LINE_MISDEEDS: readonly ((lines: string[]) => string[])[] = [
  (lines) => lines,
  (lines) => lines.reverse(),
  (lines) => [lines.join(' ')],
  (lines) => lines.slice(1),
  (lines) => [...lines, ...lines],
  () => [],
];

describe('keepTerms with a hostile engine', () => {
  const said = fc.array(
    fc.constantFrom(
      'we',
      'met',
      'Denver',
      '7041',
      'X2748',
      'Zurvak',
      '.',
      '\n',
      'Ωmega',
      'φι-ψι',
      'ÆØÅ',
    ),
    { minLength: 1, maxLength: 14 },
  );
  // In letters that no engine here writes by itself.
  const terms: readonly TermRule[] = [
    { term: 'Ωmega', translation: 'Ωמגה' },
    { term: 'φι ψι', translation: 'בית ספר' },
    { term: 'ÆØÅ', translation: 'שלום 3' },
  ];
  const count = (text: string, part: string) => text.split(part).length - 1;

  it.each(['final', 'partial'] as const)('loses no term and doubles none in a %s', async (kind) => {
    const misdeeds = fc.array(fc.nat(MISDEEDS.length - 1), { minLength: 1, maxLength: 60 });
    const lineMisdeeds = fc.array(fc.nat(LINE_MISDEEDS.length - 1), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(said, misdeeds, lineMisdeeds, async (words, deeds, lineDeeds) => {
        let turn = 0;
        let call = 0;
        const engine = new ScriptedTranslator((text) => {
          const lines = text.split('\n').map((line) => {
            const parts = line.split(' ');
            return parts
              .map((part) => {
                const deed = MISDEEDS[deeds[turn++ % deeds.length] ?? 0] ?? same;
                return deed(part, parts);
              })
              .join(' ');
          });
          const deed = LINE_MISDEEDS[lineDeeds[call++ % lineDeeds.length] ?? 0];
          return (deed === undefined ? lines : deed(lines)).join('\n');
        });
        const text = words.join(' ');
        const answer = await keepTerms(engine).translate(request(text, { kind, terms }));
        for (const { term, translation } of terms) {
          const times = words.filter((word) => word === term.replace(' ', '-')).length;
          expect(count(answer.text, translation)).toBe(times);
          // It can do nothing to a term that it never sees.
          for (const asked of engine.texts) expect(asked).not.toContain(term.replace(' ', '-'));
        }
        const { maxTries, maxPieceCalls } = TERM_LIMITS;
        const most = maxTries[kind] + CUT_CALLS + maxPieceCalls[kind];
        expect(engine.texts.length).toBeLessThanOrEqual(most);
      }),
      { numRuns: 1_500 },
    );
  });
});
