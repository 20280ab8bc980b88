import type { Marks } from '../cli/marks.ts';
import { captionsWork, type Finding } from './finding.ts';

const COLUMNS = 80;
const TITLE_COLUMNS = 14;
const INDENT = 4;

/** One screen: a line for each finding, and what to do under those that are not well. */
export function renderReport(findings: readonly Finding[], marks: Marks): string {
  const lines = ['Parlance doctor', ''];
  for (const { title, level, found, meaning, mend } of findings) {
    const head = `${title.padEnd(TITLE_COLUMNS)} `;
    const rest = wrap(found, COLUMNS - 2 - head.length);
    lines.push(`${markOf(level, marks)} ${head}${rest[0] ?? ''}`);
    for (const line of rest.slice(1)) lines.push(' '.repeat(2 + head.length) + line);
    if (meaning !== undefined) lines.push(...indented(meaning));
    // A command is not wrapped: it is there to be copied.
    if (mend !== undefined) lines.push(`${' '.repeat(INDENT)}→ ${marks.bold(mend)}`);
  }
  lines.push('', marks.bold(verdict(findings)));
  return `${lines.join('\n')}\n`;
}

function verdict(findings: readonly Finding[]): string {
  if (!captionsWork(findings)) return 'Speech to captions does not work here yet: see ✗ above.';
  return findings.some(({ level }) => level === 'warn')
    ? 'Speech to captions works; what is marked ! could be better.'
    : 'All is well: speech to captions works.';
}

function markOf(level: Finding['level'], marks: Marks): string {
  return { ok: marks.ok, warn: marks.warn, fail: marks.fail }[level];
}

function indented(text: string): string[] {
  return wrap(text, COLUMNS - INDENT).map((line) => ' '.repeat(INDENT) + line);
}

/** Breaks at spaces; a longer word stands alone. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
