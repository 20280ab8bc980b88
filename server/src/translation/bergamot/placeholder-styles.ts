import type { PlaceholderStyle } from '../terms/placeholders.ts';

/**
 * Languages that write names of cities as English does: in Latin letters, without case endings. To
 * copy a rare string of letters is what small models do badly (Marian has no copy mechanism, and
 * SentencePiece cuts such a string into pieces that mean something else); a frequent name is one or
 * two pieces that the training text holds beside themselves many thousand times.
 */
const KEEPS_NAMES: ReadonlySet<string> = new Set(
  'ca da de en es fr gl id it ms nb nl nn no pt ro sv'.split(' '),
);

/**
 * Elsewhere names are put into other letters and inflected; digits are not. Chosen by reasoning and
 * by what is reported of such models, not by measurement: `npm run bench -- glossary` tells where
 * genuine ones are installed, and a style that a model keeps losing moves behind the others anyway.
 */
export function placeholderStylesOf(to: string): readonly PlaceholderStyle[] {
  return KEEPS_NAMES.has(to) ? ['name', 'code', 'number'] : ['code', 'number', 'word'];
}
