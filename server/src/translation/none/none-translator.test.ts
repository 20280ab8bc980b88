import { describe, expect, it } from 'vitest';
import { createNoneTranslator } from './none-translator.ts';

describe('createNoneTranslator', () => {
  it('goes nowhere and says so', async () => {
    const none = createNoneTranslator();
    expect(none.route('en', 'es')).toBeNull();
    expect(none.targets('en')).toEqual([]);
    await expect(
      none.translate({ text: 'Hello.', from: 'en', to: 'es', kind: 'final' }),
    ).rejects.toMatchObject({
      code: 'language_unsupported',
      message: 'Expected a translator for en to es, got none.',
    });
    await none.close();
    await none.close();
  });
});
