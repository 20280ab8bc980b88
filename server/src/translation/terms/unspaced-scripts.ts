const SCRIPTS = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar'];

/** Scripts that put no spaces between words, for the inside of a character class with the flag `u`. */
export const UNSPACED_SCRIPTS = SCRIPTS.map((script) => `\\p{sc=${script}}`).join('');
