import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepTerms, type TermOutcome } from '../terms/keep-terms.ts';
import { TERM_LIMITS } from '../terms/limits.ts';
import { describeTranslator } from '../translator.contract.ts';
import type { Translator } from '../translator.ts';
import { createApertiumTranslator } from './apertium-translator.ts';
import { languagesOfMode } from './languages.ts';
import { APERTIUM_LIMITS, type ApertiumLimits } from './limits.ts';
import { apertiumInstallCommand, BASIC_PACKAGES } from './packages.ts';
import { ProcessMark } from './testing/marked-processes.ts';

/** Stands for the shell that heads a pipeline. */
const SHELL = 'the shell';
let mark = new ProcessMark();
const create = (limits: Partial<ApertiumLimits> = {}) => {
  mark = new ProcessMark();
  const programDirs = ['/usr/bin', '/usr/local/bin', '/bin', mark.folder];
  return createApertiumTranslator({ programDirs, limits });
};

describeTranslator('Apertium', {
  create,
  pairs: ['es', 'ca', 'gl', 'eo', 'pt', 'fr', 'it'].map((to) => ({
    from: 'en',
    to,
    ...(['es', 'ca', 'gl', 'eo'].includes(to) ? { via: [] } : {}),
  })),
  unsupported: { from: 'en', to: 'de' },
  maxTextChars: APERTIUM_LIMITS.maxTextChars,
  runningProcesses: async () => (await mark.find()).length,
});

describe('Apertium', () => {
  let translator: Translator;
  const open = async (limits: Partial<ApertiumLimits> = {}) => {
    translator = await create(limits);
  };
  const translate = async (text: string, to = 'es', from = 'en') =>
    (await translator.translate({ text, from, to, kind: 'final' })).text;
  const pidOf = async (part: string): Promise<number> => {
    const [found] = part === SHELL ? await mark.shells() : await mark.programs(part);
    if (found === undefined) throw new Error(`Expected a process with ${part}, got none`);
    return found.pid;
  };

  beforeEach(() => open());
  afterEach(async () => {
    await translator.close();
    expect(await mark.find()).toEqual([]);
  });

  it('translates', async () => {
    await expect(translate('The house is big.')).resolves.toBe('La casa es grande.');
    await expect(translate('The house is big.', 'ca')).resolves.toBe('La casa és gran.');
    await expect(translate('La casa es grande.', 'en', 'es')).resolves.toBe('The house is big.');
  });

  it('finds what apertium -l lists', async () => {
    const { stdout } = await promisify(execFile)('apertium', ['-l']);
    const plain = stdout
      .split('\n')
      .map((line) => languagesOfMode(line.trim()))
      .filter((languages) => languages?.variant === '');
    expect(plain.length).toBeGreaterThan(0);
    for (const languages of plain) {
      for (const from of languages?.from ?? []) {
        expect(translator.route(from, languages?.to ?? '')).toEqual({ via: [] });
      }
    }
  });

  it.each([
    ['en', 'The house is big.'],
    ['es', 'La casa es grande.'],
    ['ca', 'La casa és gran.'],
  ])('reaches every target that it names from %s', async (from, text) => {
    const targets = translator.targets(from);
    expect(targets.length).toBeGreaterThan(3);
    for (const to of targets) {
      const answer = await translate(text, to, from);
      expect(answer).toMatch(/\p{L}\.$/u);
      expect(answer).not.toBe(text);
    }
  });

  it.each([
    ['en', 'I saw # and the house of #.'],
    ['es', 'Vi # y la casa de #.'],
    ['ca', 'Vaig veure # i la casa de #.'],
  ])(
    'carries every placeholder of its first style to whatever it reaches from %s',
    async (from, text) => {
      const outcomes: TermOutcome[] = [];
      const keeper = keepTerms(translator, { observe: (outcome) => outcomes.push(outcome) });
      const places = TERM_LIMITS.maxPlaceholders / 2;
      const lines = Array.from({ length: places }, () => text.replaceAll('#', 'Qx')).join('\n');
      const terms = [{ term: 'Qx', translation: 'Qy' }];
      for (const to of translator.targets(from)) {
        const { text: answer } = await keeper.translate({
          text: lines,
          from,
          to,
          kind: 'final',
          terms,
        });
        expect(answer.match(/Qy/g)).toHaveLength(2 * places);
        const outcome = { terms: 2 * places, keptFirst: 2 * places, calls: 1, cut: false };
        expect({ to, ...outcomes.pop() }).toEqual({ to, ...outcome });
      }
    },
  );

  it('leaves unknown words unmarked and mends blanks and capitals', async () => {
    await expect(translate('The flurbish house.')).resolves.not.toMatch(/[*@#]/);
    await expect(translate('He said that it was his, and it is theirs.')).resolves.toMatch(
      /^Dijo que \p{Ll}/u,
    );
    await expect(translate('The 4-month-old mice are here.')).resolves.toBe(
      'Los ratones de 4 meses son aquí.',
    );
    await expect(translate('There were delays.')).resolves.toMatch(/^Había/);
    await expect(translate("Ana's house is big.", 'eo')).resolves.toBe(
      'La domo de Ana estas granda.',
    );
  });

  it('tells how busy its pipelines are', async () => {
    expect(translator.slots).toEqual({ total: 8, inUse: 0, waiting: 0 });
    const answers = Array.from({ length: 20 }, (_, at) => translate(`The ${at} houses.`));
    expect(translator.slots).toEqual({ total: 8, inUse: 1, waiting: 20 });
    await Promise.all(answers);
    expect(translator.slots).toEqual({ total: 8, inUse: 0, waiting: 0 });
  });

  it('gives back what holds nothing to translate', async () => {
    for (const text of ['...', '♪ ♪', '12:30', '^$ [] {} \\ @ / ~', '[#1#]']) {
      await expect(translate(text)).resolves.toBe(text);
    }
  });

  it('answers 200 sentences at once, each with its own translation', async () => {
    const targets = ['es', 'ca', 'gl', 'fr'];
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, at) =>
        translate(`The ${5000 + at} dogs see the house.`, targets[at % targets.length]),
      ),
    );
    for (const [at, answer] of answers.entries()) {
      expect(answer.match(/\d+/g)).toEqual([String(5000 + at)]);
    }
  });

  it('loses and mixes up nothing whatever characters come', async () => {
    const unit = fc.constantFrom(...'aeI19 .,-[]{}^$/\\@<>#~*&|+_%"\'’é漢😀\n\t\0\u00ad');
    const texts = fc.sample(fc.string({ unit, maxLength: 40 }), { numRuns: 300, seed: 3 });
    const answers = await Promise.all(
      texts.map((text, at) => translate(`${text} house ${7000 + at}`, at % 2 ? 'es' : 'ca')),
    );
    for (const [at, answer] of answers.entries()) expect(answer).toContain(String(7000 + at));
  });

  it.each([
    ['one word', 'a'.repeat(6_000)],
    ['brackets', '[('.repeat(3_000)],
    ['digits', '7'.repeat(6_000)],
    ['joints', '9-a'.repeat(2_000)],
    ['full stops', 'Mr. '.repeat(1_500)],
    ['lines', 'a\n'.repeat(3_000)],
  ])('survives %s without end', async (_, text) => {
    const [strange, plain] = await Promise.all([translate(text), translate('The house.')]);
    expect(strange.length).toBeGreaterThan(text.length / 4);
    expect(plain).toBe('La casa.');
  });

  it.each(['automorf', 'apertium-transfer -z -b', 'autopgen', SHELL])(
    'tries a sentence again when %s is killed in the middle of it',
    async (part) => {
      await translator.close();
      // Death is noticed at once: not by the time limit, which is longer than this test's.
      await open({ answerTimeoutMs: 600_000 });
      await translate('The house.');
      const shell = await pidOf(SHELL);
      const killed = await pidOf(part);
      process.kill(part === SHELL ? await pidOf('automorf') : killed, 'SIGSTOP');
      const answers = Array.from({ length: 20 }, (_, at) => translate(`The ${300 + at} houses.`));
      process.kill(killed, 'SIGKILL');
      for (const [at, answer] of (await Promise.all(answers)).entries()) {
        expect(answer).toBe(`Las ${300 + at} casas.`);
      }
      expect(await pidOf(SHELL)).not.toBe(shell);
    },
  );

  it('replaces a pipeline that hangs, and leaves nothing of it', async () => {
    await translator.close();
    await open({ answerTimeoutMs: 3_000 });
    await translate('The house.');
    const before = await mark.find();
    process.kill(await pidOf('apertium-tagger'), 'SIGSTOP');
    await expect(translate('The big house.')).resolves.toBe('La casa grande.');
    const pids = new Set((await mark.find()).map(({ pid }) => pid));
    for (const { pid } of before) expect(pids).not.toContain(pid);
  });

  it('closes although a pipeline hangs', async () => {
    await translate('The house.');
    process.kill(await pidOf('apertium-tagger'), 'SIGSTOP');
    const waiting = translate('The big house.');
    await Promise.all([
      expect(waiting).rejects.toMatchObject({ code: 'shutting_down' }),
      translator.close(),
    ]);
  });

  it('closes in the middle of everything', async () => {
    const targets = ['es', 'ca', 'gl', 'fr', 'it'];
    const outcomes = Array.from({ length: 60 }, (_, at) =>
      translate(`The ${at} houses.`, targets[at % targets.length]).then(
        () => 'answered',
        (error: { code?: string }) => error.code,
      ),
    );
    await outcomes[0];
    await translator.close();
    for (const outcome of await Promise.all(outcomes)) {
      expect(['answered', 'shutting_down']).toContain(outcome);
    }
  });

  it('leaves nothing behind when the server is killed', async () => {
    const module = new URL('./apertium-translator.ts', import.meta.url).href;
    const programDirs = JSON.stringify(['/usr/bin', '/bin', mark.folder]);
    const script = `
      const { createApertiumTranslator } = await import('${module}');
      const translator = await createApertiumTranslator({ programDirs: ${programDirs} });
      await translator.translate({ text: 'A house.', from: 'en', to: 'es', kind: 'final' });
      console.log('translated');`;
    const server = spawn(process.execPath, [
      ...['--import', 'tsx', '--input-type=module'],
      ...['--eval', `${script} setInterval(() => undefined, 1000);`],
    ]);
    await once(server.stdout, 'data');
    expect(await mark.shells()).toHaveLength(1);
    server.kill('SIGKILL');
    await once(server, 'exit');
    await vi.waitFor(async () => expect(await mark.find()).toEqual([]), { timeout: 10_000 });
  });

  it('[INV4] keeps no more pipelines open than it may, and still answers all', async () => {
    await translator.close();
    await open({ maxOpenPipelines: 1 });
    let most = 0;
    const answers = await Promise.all(
      Array.from({ length: 30 }, async (_, at) => {
        const answer = await translate(`The ${at} houses.`, ['es', 'ca', 'gl'][at % 3]);
        most = Math.max(most, (await mark.shells()).length);
        return answer;
      }),
    );
    for (const [at, answer] of answers.entries()) expect(answer).toContain(String(at));
    expect(most).toBe(1);
  });

  it('closes pipelines that have nothing to do', async () => {
    await translator.close();
    await open({ idleCloseMs: 50 });
    await translate('The house.');
    await vi.waitFor(async () => expect(await mark.find()).toEqual([]), { timeout: 10_000 });
    await expect(translate('The house.')).resolves.toBe('La casa.');
  });

  it('takes a program elsewhere by its path', async () => {
    const elsewhere = await createApertiumTranslator({
      apertiumBin: '/usr/bin/apertium',
      dataDirs: [],
      programDirs: [],
    });
    expect(elsewhere.route('en', 'es')).toEqual({ via: [] });
    await elsewhere.close();
  });

  it.each([
    ['nothing is installed', { dataDirs: ['/nowhere/apertium'] }, '/nowhere/apertium'],
    ['the programs are missing', { programDirs: ['/nowhere/bin'] }, '/usr/share/apertium'],
    ['the setting is wrong', { apertiumBin: '/nowhere/bin/apertium' }, 'APERTIUM_BIN'],
  ])('says what to do where %s', async (_, options, named) => {
    const refusal = createApertiumTranslator(options);
    await expect(refusal).rejects.toMatchObject({
      code: 'program_missing',
      message: expect.stringContaining(named),
    });
    await expect(refusal).rejects.toThrow(apertiumInstallCommand(BASIC_PACKAGES));
  });
});
