import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeTranslator } from '../server/src/translation/fake/fake-translator.ts';
import { AppError } from '../shared/errors.ts';
import { measureTranslation } from './translation-quality.ts';

describe('measureTranslation', () => {
  let corpusDir: string;
  beforeEach(async () => {
    corpusDir = await mkdtemp(join(tmpdir(), 'corpus-'));
    await write('en', SENTENCES);
    await write(
      'es',
      SENTENCES.map((sentence) => `[es] ${sentence}`),
    );
  });
  afterEach(() => rm(corpusDir, { recursive: true, force: true }));

  const write = (language: string, lines: readonly string[]) =>
    writeFile(join(corpusDir, `flores-dev.${language}`), `${lines.join('\n')}\n`);

  it('scores each sentence against its own reference, in order', async () => {
    const translator = new FakeTranslator({
      // Odd ones come late, so that answers pass each other.
      latency: async ({ text }) => {
        if (/[13579]\.$/.test(text)) for (let turn = 0; turn < 9; turn += 1) await null;
      },
    });
    const [measured] = await measureTranslation(translator, [{ from: 'en', to: 'es' }], Infinity, {
      corpusDir,
    });
    expect(measured).toMatchObject({
      from: 'en',
      to: 'es',
      engine: 'fake',
      via: [],
      sentences: SENTENCES.length,
    });
    expect(measured).toHaveProperty('bleu', expect.closeTo(100, 6));
    expect(measured).toHaveProperty('chrf', expect.closeTo(100, 6));
  });

  it('measures no more than it is told to', async () => {
    const translator = new FakeTranslator();
    const [measured] = await measureTranslation(translator, [{ from: 'en', to: 'es' }], 3, {
      corpusDir,
    });
    expect(measured).toMatchObject({ sentences: 3 });
    expect(new Set(translator.requests.map(({ text }) => text))).toEqual(
      new Set(SENTENCES.slice(0, 3)),
    );
  });

  it('counts what failed as nothing', async () => {
    const translator = new FakeTranslator({
      failure: ({ text }) =>
        text === SENTENCES[1] ? new AppError('translator_failed', 'Scripted.') : undefined,
    });
    const [measured] = await measureTranslation(translator, [{ from: 'en', to: 'es' }], 9, {
      corpusDir,
    });
    expect(measured).toHaveProperty('bleu', expect.any(Number));
    expect(measured?.skipped ?? measured?.bleu).toBeLessThan(95);
  });

  it('does not hide other errors', async () => {
    const translator = new FakeTranslator({ failure: () => new AppError('internal', 'Scripted.') });
    await expect(
      measureTranslation(translator, [{ from: 'en', to: 'es' }], 9, { corpusDir }),
    ).rejects.toThrow('Scripted.');
  });

  it('says why it skips a pair', async () => {
    const measured = await measureTranslation(
      new FakeTranslator(),
      [
        { from: 'en', to: 'de' },
        { from: 'en', to: 'ca' },
      ],
      9,
      { corpusDir },
    );
    expect(measured).toEqual([
      { from: 'en', to: 'de', skipped: 'fake has no route from en to de' },
      { from: 'en', to: 'ca', skipped: `no test set for en to ca in ${corpusDir}` },
    ]);
  });

  it('refuses files that are not parallel', async () => {
    await write('es', SENTENCES.slice(1));
    await expect(
      measureTranslation(new FakeTranslator(), [{ from: 'en', to: 'es' }], Infinity, { corpusDir }),
    ).rejects.toThrow('Expected parallel files');
  });

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(
      measureTranslation(new FakeTranslator(), [{ from: 'en', to: 'es' }], 9, {
        corpusDir,
        signal,
      }),
    ).rejects.toThrow('enough');
  });
});

const SENTENCES = Array.from({ length: 120 }, (_, at) => `This is the sentence with number ${at}.`);
