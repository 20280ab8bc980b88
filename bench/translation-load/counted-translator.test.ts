import { expect, test } from 'vitest';
import { FakeTranslator } from '../../server/src/translation/fake/fake-translator.ts';
import { AppError } from '../../shared/errors.ts';
import { CountedTranslator, countPieces } from './counted-translator.ts';

const request = { text: 'Hello there.', from: 'en', to: 'es' } as const;

test('answers are counted by kind, with what was written', async () => {
  const translator = new CountedTranslator(new FakeTranslator());
  await translator.translate({ ...request, kind: 'final' });
  await translator.translate({ ...request, kind: 'partial' });
  const { finalMs, partialMs, outputWords, outputTokens, refused } = translator.take();
  expect([finalMs.length, partialMs.length, outputWords]).toEqual([1, 1, 6]);
  expect(outputTokens).toBe(2 * countPieces('[es] Hello there.'));
  expect(refused).toEqual({});
  expect(translator.take().finalMs).toEqual([]);
});

test('refusals are counted by kind and code, those by who asked apart', async () => {
  const translator = new CountedTranslator(
    new FakeTranslator({ failure: () => new AppError('server_busy', 'Scripted.') }),
  );
  await expect(translator.translate({ ...request, kind: 'partial' })).rejects.toThrow('Scripted.');
  const signal = AbortSignal.abort();
  await expect(translator.translate({ ...request, kind: 'partial', signal })).rejects.toThrow();
  expect(translator.take().refused).toEqual({ 'partial server_busy': 1, 'partial given up': 1 });
});

test('pieces are words, halves of long ones, marks and the end', () => {
  expect(countPieces('')).toBe(1);
  expect(countPieces('Una palabra.')).toBe(4);
  expect(countPieces('extraordinario 17')).toBe(5);
});
