import { describe, expect, it } from 'vitest';
import type { TranscriptLine } from '../live/transcript-line.ts';
import { MAX_TURN_MS, NEW_TURN_AFTER_MS, toTurns } from './turns.ts';

function line(session: string, startMs: number, speakerName = session): TranscriptLine {
  return {
    key: `${session}:${startMs}`,
    kind: 'speech',
    session,
    segment: startMs,
    speakerName,
    original: null,
    translation: null,
    partial: null,
    startMs,
    endMs: startMs + 1000,
  };
}

function shape(lines: readonly TranscriptLine[]): [string, number][] {
  return toTurns(lines).map((turn) => [turn.session, turn.lines.length]);
}

describe('toTurns', () => {
  it('joins what one speaker says in a row', () => {
    const lines = [line('a', 0), line('a', 2000), line('b', 0), line('a', 4000)];
    expect(shape(lines)).toEqual([
      ['a', 2],
      ['b', 1],
      ['a', 1],
    ]);
  });

  it('begins anew after a long silence', () => {
    const later = 1000 + NEW_TURN_AFTER_MS;
    expect(shape([line('a', 0), line('a', later - 1)])).toEqual([['a', 2]]);
    expect(shape([line('a', 0), line('a', later)])).toHaveLength(2);
  });

  it('begins anew when a turn gets long, so that the time is shown again', () => {
    const lines = Array.from({ length: 300 }, (_, index) => line('a', index * 1000));
    const turns = toTurns(lines);
    expect(turns.flatMap((turn) => turn.lines)).toEqual(lines);
    for (const { lines: part } of turns)
      expect(part.length).toBeLessThanOrEqual(MAX_TURN_MS / 1000);
    expect(turns).toHaveLength(3);
  });

  it('keeps the key of a turn that grows', () => {
    const [before] = toTurns([line('a', 0)]);
    const [after] = toTurns([line('a', 0), line('a', 2000)]);
    expect(after?.key).toBe(before?.key);
  });
});
