import type { TranslationPrompt } from './prompt.ts';

/** Models that think aloud put it in front of their answer, or never come to that. */
const THINKING = /^\s*<(think|thinking|reasoning)>[\s\S]*?(?:<\/\1>|$)/i;
const FENCED = /^```[\w-]*\n([\s\S]*?)\n?```$/;
/** "Here is the translation:" and the like, as a line of its own or in front of the text. */
const LEAD_IN_LINE = /^[^\n]{1,80}:\s*\n+/;
const LEAD_IN_WORD =
  /^(?:(?:the\s+)?(?:\p{L}+\s+)?translation|translated(?:\s+text)?|output|traducción|traduction|übersetzung|traduzione|tradução)\s*:\s+/iu;
const NOTES = /\n\s*\n[\s\S]*$/;
const BLANK_LINE = /\n\s*\n/;
const QUOTES: readonly (readonly [string, string])[] = [
  ['"', '"'],
  ["'", "'"],
  ['“', '”'],
  ['„', '“'],
  ['«', '»'],
  ['‘', '’'],
  ['「', '」'],
];

/**
 * Takes off what chat models put around a translation although they were asked not to. Nothing is taken off
 * that the text has itself.
 */
export function unwrapAnswer(
  answer: string,
  source: string,
  { opening, closing }: Pick<TranslationPrompt, 'opening' | 'closing'>,
): string {
  let text = answer.replaceAll('\r\n', '\n').replace(THINKING, '').trim();
  if (!source.includes('```')) text = (FENCED.exec(text)?.[1] ?? text).trim();
  text = text.replaceAll(opening, '').replaceAll(closing, '').trim();
  if (!BLANK_LINE.test(source) && lineCount(text) > lineCount(source)) {
    text = text.replace(LEAD_IN_LINE, '').replace(NOTES, '').trim();
  }
  if (!source.includes(':')) text = text.replace(LEAD_IN_WORD, '');
  return unquote(text, source);
}

function lineCount(text: string): number {
  return text.split('\n').length;
}

function unquote(text: string, source: string): string {
  for (const [open, close] of QUOTES) {
    const quoted = text.length > 2 && text.startsWith(open) && text.endsWith(close);
    if (!quoted || isQuoted(source.trim())) continue;
    const inside = text.slice(open.length, -close.length);
    // "No", she said, "not yet": these quotes are not one pair.
    if (!inside.includes(open) && !inside.includes(close)) return inside.trim();
  }
  return text;
}

function isQuoted(text: string): boolean {
  return QUOTES.some(([open, close]) => text.startsWith(open) || text.endsWith(close));
}
