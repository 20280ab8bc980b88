import { numbersToDigits } from './english-numbers.ts';
import { americanSpelling, ENDINGS, FILLERS, WHOLE_WORDS } from './english-spelling.ts';

const CURRENCIES = new Map([
  ['$', 'dollars'],
  ['£', 'pounds'],
  ['€', 'euros'],
]);

/**
 * English text to the words that count: lower case, no punctuation or fillers, contractions
 * spelled out, numbers as digits, one spelling. In the spirit of Whisper's English normaliser
 * (Radford et al. 2022, appendix C), so that style is not counted as error.
 */
export function normalizeEnglish(text: string): string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[‘’ʼ`´]/gu, "'")
    .replace(/\[[^\]]*\]|\([^)]*\)|<[^>]*>/g, ' ')
    .replace(/(\d),(?=\d{3}\b)/g, '$1')
    .replace(/([$£€])\s*(\d+(?:\.\d+)?)/gu, (_, sign, sum) => `${sum} ${CURRENCIES.get(sign)}`)
    .replace(/(\d)\s*%/g, '$1 percent')
    .replace(/&/g, ' and ')
    .replace(/\.(?!\d)|(?<!\d)\./g, ' ')
    .replace(/[^\p{L}\p{N}'.\s]/gu, ' ');
  const spelled: string[] = [];
  for (const token of plain.split(/\s+/)) spelled.push(...spellOut(token));
  return numbersToDigits(spelled.filter((word) => word !== '' && !FILLERS.has(word))).map(
    americanSpelling,
  );
}

function spellOut(token: string): string[] {
  const whole = WHOLE_WORDS.get(token) ?? WHOLE_WORDS.get(token.replace(/^'+|'+$/g, ''));
  if (whole !== undefined) return whole.split(' ');
  const bare = token.replace(/^'+|'+$/g, '');
  for (const [ending, replacement] of ENDINGS) {
    if (ending.test(bare)) return bare.replace(ending, replacement).replaceAll("'", '').split(' ');
  }
  return [bare.replaceAll("'", '')];
}
