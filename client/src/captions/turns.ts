import type { TranscriptLine } from '../live/transcript-line.ts';

/** Lines that one speaker said without another in between. */
export interface Turn {
  key: string;
  session: string;
  speakerName: string;
  lines: readonly TranscriptLine[];
}

/** Silence after which the same speaker begins a new turn. */
export const NEW_TURN_AFTER_MS = 60_000;
/** Longest turn: then name and time are shown again, so that no page of text is without them. */
export const MAX_TURN_MS = 120_000;

export function toTurns(lines: readonly TranscriptLine[]): Turn[] {
  const turns: (Turn & { lines: TranscriptLine[] })[] = [];
  for (const line of lines) {
    const turn = turns.at(-1);
    const before = turn?.lines.at(-1);
    if (turn !== undefined && before !== undefined && belongsTo(turn, before, line)) {
      turn.lines.push(line);
    } else {
      const { key, session, speakerName } = line;
      turns.push({ key, session, speakerName, lines: [line] });
    }
  }
  return turns;
}

function belongsTo(turn: Turn, before: TranscriptLine, line: TranscriptLine): boolean {
  const startMs = turn.lines[0]?.startMs ?? line.startMs;
  return (
    line.endMs - startMs <= MAX_TURN_MS &&
    before.session === line.session &&
    before.speakerName === line.speakerName &&
    line.startMs - before.endMs < NEW_TURN_AFTER_MS
  );
}
