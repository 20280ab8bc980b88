/**
 * The Apertium stream format, as far as plain text needs it
 * (https://wiki.apertium.org/wiki/Apertium_stream_format): reserved characters are escaped by a
 * backslash, `[…]` is a blank that every program passes on untouched, NUL makes all of them flush.
 */

const RESERVED = /[[\]{}^$/\\@<>]/g;
/** Programs take it for a compound's joint and lose it; its look-alike passes. */
const TILDE = '~';
const TILDE_OPERATOR = '\u223c';
/** Controls would end a text (NUL) or mean nothing; the soft hyphen splits words. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach the stream
const CONTROLS = /[\0-\x1f\x7f-\x9f]/g;
const SOFT_HYPHENS = /\u00ad/g;
/** Taggers and transfer rules need to see a sentence end before the flush. */
const SENTENCE_END = '.[]';
const MARK = /^#(\d+)#$/;

/** One text as a pipeline reads it, ended by a blank that carries `id` and by NUL. */
export function encodeText(text: string, id: number): Buffer {
  const escaped = text
    .normalize('NFC')
    .replace(CONTROLS, ' ')
    .replace(SOFT_HYPHENS, '')
    .replaceAll(TILDE, TILDE_OPERATOR)
    .replace(RESERVED, '\\$&');
  return Buffer.from(`${escaped}${SENTENCE_END}[#${id}#]\0`);
}

export interface StreamAnswer {
  readonly text: string;
  /** Of the text that this answers; null where a dying pipeline cut it off. */
  readonly id: number | null;
}

/** Reads what a pipeline wrote up to a NUL: the text without escapes, blanks and our full stop. */
export function decodeAnswer(raw: string): StreamAnswer {
  let text = '';
  let id: number | null = null;
  let endOfText: number | null = null;
  for (let at = 0; at < raw.length; at += 1) {
    const char = raw[at];
    if (char === '\\') {
      at += 1;
      text += raw[at] ?? '';
    } else if (char === '[') {
      const close = raw.indexOf(']', at);
      if (close === -1) break;
      const mark = MARK.exec(raw.slice(at + 1, close));
      if (mark !== null) id = Number(mark[1]);
      else endOfText ??= text.length;
      at = close;
    } else {
      text += char;
    }
  }
  const body = text.slice(0, endOfText ?? undefined).trimEnd();
  const withoutStop = body.endsWith('.') ? body.slice(0, -1) : body;
  const rest = endOfText === null ? '' : text.slice(endOfText);
  return { text: `${withoutStop}${rest}`.replaceAll(TILDE_OPERATOR, TILDE), id };
}
