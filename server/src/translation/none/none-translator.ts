import { AppError } from '../../../../shared/errors.ts';
import type { Translator } from '../translator.ts';

/** Translates nothing: captions in the spoken language only. */
export function createNoneTranslator(): Translator {
  return {
    name: 'none',
    quality: 'none',
    route: () => null,
    targets: () => [],
    translate: ({ from, to }) =>
      Promise.reject(
        new AppError(
          'language_unsupported',
          `Expected a translator for ${from} to ${to}, got none.`,
        ),
      ),
    close: () => Promise.resolve(),
  };
}
