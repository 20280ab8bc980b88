import { describe, expect, it } from 'vitest';
import {
  readTranscription,
  type Transcription,
  transcriptionSchema,
} from './read-transcription.ts';

const read = (answer: Transcription, wordTimes = true) =>
  readTranscription(answer, 4_000, wordTimes);
const word = (text: string, start: number, end: number) => ({ word: text, start, end });

describe('readTranscription', () => {
  it('takes a text alone', () => {
    expect(read({ text: ' Good\n morning.\u0000 ' }, false)).toEqual({
      text: 'Good morning.',
      tokens: [],
      meanLogProbability: null,
    });
  });

  it('weighs segments by their length', () => {
    const segments = [
      { text: 'abcdefghi', avg_logprob: -0.1, no_speech_prob: 0.01 },
      { text: 'j', avg_logprob: -1.1, no_speech_prob: 0.01 },
    ];
    expect(read({ text: 'abcdefghi j', segments }, false).meanLogProbability).toBeCloseTo(-0.2);
  });

  it('leaves out what the model itself takes for silence', () => {
    const segments = [
      { text: ' Good morning.', avg_logprob: -0.2, no_speech_prob: 0.02 },
      { text: ' Thanks for watching!', avg_logprob: -1.4, no_speech_prob: 0.9 },
    ];
    const heard = read({ text: 'Good morning. Thanks for watching!', segments }, false);
    expect(heard.text).toBe('Good morning.');
    expect(heard.meanLogProbability).toBeCloseTo(-0.2);
    expect(read({ text: 'Bye.', segments: segments.slice(1) }).text).toBe('');
  });

  it('gives words of the text their times, whatever marks they have', () => {
    const words = [word('Good', 0.1, 0.4), word('morning', 0.4, 0.9), word('everybody', 1, 1.6)];
    expect(read({ text: 'Good morning, – everybody!', words }).words).toEqual([
      { text: 'Good', startMs: 100, endMs: 400 },
      { text: 'morning,', startMs: 400, endMs: 900 },
      { text: '–', startMs: 900, endMs: 900 },
      { text: 'everybody!', startMs: 1_000, endMs: 1_600 },
    ]);
  });

  it('follows services that join words or part them', () => {
    const words = [word('it', 0, 0.2), word("'s", 0.2, 0.3), word('breakout', 0.5, 1)];
    expect(read({ text: "It's break out", words }).words).toEqual([
      { text: "It's", startMs: 0, endMs: 300 },
      { text: 'break', startMs: 500, endMs: 1_000 },
      { text: 'out', startMs: 1_000, endMs: 1_000 },
    ]);
  });

  it('keeps times in order and inside of what was sent', () => {
    const words = [word('one', 3, 2), word('two', 1, 9), word('three', 8, 9)];
    const times = read({ text: 'one two three', words }).words ?? [];
    let last = 0;
    for (const { startMs, endMs } of times) {
      expect(startMs).toBeGreaterThanOrEqual(last);
      expect(endMs).toBeGreaterThanOrEqual(startMs);
      expect(endMs).toBeLessThanOrEqual(4_000);
      last = endMs;
    }
    expect(times).toHaveLength(3);
  });

  it('tells no times where the words are others, or none, or nobody asked', () => {
    const words = [word('something', 0, 1), word('else', 1, 2)];
    expect(read({ text: 'Good morning', words }).words).toBeUndefined();
    expect(read({ text: 'Good morning', words: words.slice(0, 1) }).words).toBeUndefined();
    expect(read({ text: 'Good morning' }).words).toBeUndefined();
    expect(read({ text: 'something else', words }, false).words).toBeUndefined();
    expect(read({ text: '' }).words).toEqual([]);
  });

  it.each([
    {},
    { text: 7 },
    { text: 'x'.repeat(10_001) },
    { text: 'a', words: [{ word: 'a', start: 'now', end: 1 }] },
    { text: 'a', words: [{ word: 'a', start: -1, end: 1e9 }] },
    { text: 'a', segments: 'none' },
    { text: 'a', words: Array.from({ length: 5_001 }, () => word('a', 0, 1)) },
  ])('an answer like %j is refused by the schema', (answer) => {
    expect(transcriptionSchema.safeParse(answer).success).toBe(false);
  });
});
