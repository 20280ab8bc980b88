import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../shared/errors.ts';
import { describeTranslator } from '../translator.contract.ts';
import { FakeTranslator } from './fake-translator.ts';

describeTranslator('FakeTranslator', {
  create: () => Promise.resolve(new FakeTranslator()),
  pairs: [
    { from: 'en', to: 'es', via: [] },
    { from: 'en', to: 'ca', via: [] },
    { from: 'en', to: 'fr', via: ['ca'] },
  ],
  unsupported: { from: 'en', to: 'de' },
  maxTextChars: null,
  runningProcesses: () => Promise.resolve(0),
});

describe('FakeTranslator', () => {
  const hello = { text: 'Hello.', from: 'en', to: 'es', kind: 'final' } as const;

  it('puts the language in front and remembers what was asked', async () => {
    const fake = new FakeTranslator();
    await expect(fake.translate(hello)).resolves.toEqual({
      text: '[es] Hello.',
      engine: 'fake',
      quality: 'basic',
    });
    expect(fake.requests).toEqual([hello]);
  });

  it('answers when the test lets it', async () => {
    const gates: (() => void)[] = [];
    const fake = new FakeTranslator({
      latency: () => new Promise((resolve) => gates.push(resolve)),
    });
    const order: string[] = [];
    const first = fake.translate(hello).then(() => order.push('first'));
    const second = fake.translate(hello).then(() => order.push('second'));
    gates[1]?.();
    await second;
    gates[0]?.();
    await first;
    expect(order).toEqual(['second', 'first']);
  });

  it('drops what waits when it is closed', async () => {
    const fake = new FakeTranslator({ latency: () => new Promise(() => undefined) });
    const waiting = fake.translate(hello);
    await fake.close();
    expect(fake.closed).toBe(true);
    await expect(waiting).rejects.toMatchObject({ code: 'shutting_down' });
  });

  it('fails on demand', async () => {
    const failure = new AppError('translator_failed', 'Scripted.');
    const fake = new FakeTranslator({
      failure: ({ text }) => (text === 'Hello.' ? failure : undefined),
    });
    await expect(fake.translate(hello)).rejects.toBe(failure);
    await expect(fake.translate({ ...hello, text: 'Bye.' })).resolves.toMatchObject({
      text: '[es] Bye.',
    });
  });
});
