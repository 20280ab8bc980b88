import { doubleMetaphone } from 'double-metaphone';

/** What letters sound like to an English ear, as far as spelling tells. */
export interface Sound {
  /**
   * The consonants but "h", in the two readings of Lawrence Philips' Double Metaphone, which are
   * often the same; those that recognisers mix up are one letter.
   */
  readonly keys: readonly [string, string];
  /** A letter for each sound, vowels too: rough, but good enough to compare two of them. */
  readonly phones: string;
}

/** English spelling to phones, applied in this order; `x` becomes the sound of "sh" and "ch". */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/^[kgp]n/, 'n'],
  [/^wr/, 'r'],
  [/^ps/, 's'],
  [/^x/, 'z'],
  [/x/g, 'ks'],
  [/ph/g, 'f'],
  [/dg/g, 'j'],
  [/(?<=[aeiouy])gh/g, ''],
  [/t?sch|tch|ch|sh|[ct]i(?=[ao])/g, 'x'],
  [/c(?=[eiy])/g, 's'],
  [/ck|c/g, 'k'],
  [/qu/g, 'kw'],
  [/q/g, 'k'],
  [/g(?=[eiy])/g, 'j'],
  [/(?<=.)h/g, ''],
  [/(?<=[aeiou])y(?=[aeiou])/g, 'j'],
  [/ee|ea|ie|ei|ey|y/g, 'i'],
  [/oo|ou|ue|ew|eu/g, 'u'],
  [/ai|ae/g, 'a'],
  [/oa|ow|au|aw/g, 'o'],
  [/(?<=[aeiou].*[^aeiou])e$/, ''],
  [/(.)\1+/g, '$1'],
];

/** `A` stands for any vowel at the start. */
const MERGED_KEYS: Readonly<Record<string, string>> = { A: '', H: '', 0: 'T', X: 'S', J: 'S' };

/** The sound of one word's letters; without any where they are not Latin ones. */
export function soundOf(letters: string): Sound {
  const plain = letters.normalize('NFD').replace(/[^a-z]/gu, '');
  const [first, second] = doubleMetaphone(plain).map((key) =>
    key.replace(/[AH0XJ]/g, (letter) => MERGED_KEYS[letter] ?? letter),
  );
  let phones = plain;
  for (const [spelling, phone] of SPELLINGS) phones = phones.replace(spelling, phone);
  return { keys: [first ?? '', second ?? ''], phones };
}

/** The sound of words said without a pause. */
export function joinSounds(before: Sound, after: Sound): Sound {
  return {
    keys: [before.keys[0] + after.keys[0], before.keys[1] + after.keys[1]],
    phones: (before.phones + after.phones).replace(/(.)\1+/g, '$1'),
  };
}

const VOWELS = new Set('aeiou');
const VOWEL_FOR_VOWEL = 0.25;
const VOWEL_MORE = 0.35;
/** Sounds that are heard for each other, and how far apart they are where all others are 1. */
const NEAR = new Map<string, number>(
  Object.entries({
    ...{ bp: 0.25, dt: 0.25, gk: 0.25, fv: 0.25, sz: 0.25, jx: 0.3, gj: 0.3, sx: 0.4, xz: 0.5 },
    ...{ mn: 0.4, lr: 0.6, vw: 0.4, bv: 0.5, kx: 0.5, tx: 0.6, jz: 0.5, ij: 0.3, uw: 0.3, ft: 0.7 },
  }),
);
/** Sounds that are dropped or slipped in easily. */
const LIGHT = new Map<string, number>([
  ['r', 0.4],
  ['w', 0.5],
  ['j', 0.7],
  ['h', 0.3],
  ['t', 0.7],
  ['d', 0.7],
]);

/** How far two sounds are apart: 0 for the same, about 1 for nothing in common. */
export function soundDistance(left: string, right: string): number {
  const longer = Math.max(left.length, right.length);
  if (longer === 0) return 0;
  let above = [0];
  for (const phone of right) above.push((above.at(-1) ?? 0) + more(phone));
  for (const phone of left) {
    const row = [(above[0] ?? 0) + more(phone)];
    for (let column = 0; column < right.length; column += 1) {
      const other = right[column] ?? '';
      row.push(
        Math.min(
          (above[column] ?? 0) + instead(phone, other),
          (above[column + 1] ?? 0) + more(phone),
          (row[column] ?? 0) + more(other),
        ),
      );
    }
    above = row;
  }
  return (above.at(-1) ?? 0) / longer;
}

function more(phone: string): number {
  return VOWELS.has(phone) ? VOWEL_MORE : (LIGHT.get(phone) ?? 1);
}

function instead(left: string, right: string): number {
  if (left === right) return 0;
  if (VOWELS.has(left) && VOWELS.has(right)) return VOWEL_FOR_VOWEL;
  return NEAR.get(left < right ? left + right : right + left) ?? 1;
}
