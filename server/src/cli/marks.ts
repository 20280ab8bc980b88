/** Marks and colours of what the command line prints; none where the reader asked for none. */
export interface Marks {
  readonly ok: string;
  readonly warn: string;
  readonly fail: string;
  dim(text: string): string;
  bold(text: string): string;
}

export interface MarksOutput {
  /** Of terminals alone, and false where NO_COLOR or a dumb terminal forbids it. */
  hasColors?(): boolean;
}

export function marksFor(out: MarksOutput): Marks {
  const coloured = out.hasColors?.() ?? false;
  const paint = (code: number) => (text: string) =>
    coloured ? `\u001b[${code}m${text}\u001b[0m` : text;
  return {
    ok: paint(32)('✓'),
    warn: paint(33)('!'),
    fail: paint(31)('✗'),
    dim: paint(2),
    bold: paint(1),
  };
}
