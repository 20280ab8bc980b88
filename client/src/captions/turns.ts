import type { TranscriptLine } from '../live/transcript-line.ts';

/** Lines that one speaker said without another in between. */
export interface Turn {
  key: string;
  session: string;
  speakerName: string;
  lines: readonly TranscriptLine[];
}

/** Silence after which the same speaker begins a new turn, so that the time is shown again. */
export const NEW_TURN_AFTER_MS = 60_000;

export function toTurns(lines: readonly TranscriptLine[]): Turn[] {
  const turns: (Turn & { lines: TranscriptLine[] })[] = [];
  for (const line of lines) {
    const turn = turns.at(-1);
    const before = turn?.lines.at(-1);
    if (turn !== undefined && before !== undefined && belongsTo(before, line)) {
      turn.lines.push(line);
    } else {
      const { key, session, speakerName } = line;
      turns.push({ key, session, speakerName, lines: [line] });
    }
  }
  return turns;
}

function belongsTo(before: TranscriptLine, line: TranscriptLine): boolean {
  return (
    before.session === line.session &&
    before.speakerName === line.speakerName &&
    line.startMs - before.endMs < NEW_TURN_AFTER_MS
  );
}
