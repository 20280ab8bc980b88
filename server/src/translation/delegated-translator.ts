import type { Translator } from './translator.ts';

/** The same translator, which translates and closes otherwise. Its languages may change while it runs. */
export function delegatedTranslator(
  translator: Translator,
  { translate, close }: Pick<Translator, 'translate' | 'close'>,
): Translator {
  return {
    get name() {
      return translator.name;
    },
    get quality() {
      return translator.quality;
    },
    ...(translator.totalMs === undefined ? {} : { totalMs: translator.totalMs }),
    route: (from, to) => translator.route(from, to),
    targets: (from) => translator.targets(from),
    ...(translator.placeholderStyles === undefined
      ? {}
      : { placeholderStyles: translator.placeholderStyles.bind(translator) }),
    translate,
    close,
  };
}
