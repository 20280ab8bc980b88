import { z } from 'zod';
import { cleanAnswer } from '../../translation/remote/clean-text.ts';
import type { Hypothesis, WordTime } from '../recognizer.ts';

const MAX_TEXT_CHARS = 10_000;
const MAX_PARTS = 5_000;
/** Above this probability that nobody spoke, and below this likelihood, Whisper itself takes it for silence. */
const NO_SPEECH = 0.6;
const NO_SPEECH_LOG_PROBABILITY = -1;

const secondsSchema = z.number().min(0).max(86_400);
/** `json` has only the text; `verbose_json` has segments, and words where they were asked for. */
export const transcriptionSchema = z.object({
  text: z.string().max(MAX_TEXT_CHARS),
  segments: z
    .array(
      z.object({
        text: z.string().max(MAX_TEXT_CHARS),
        avg_logprob: z.number().nullish(),
        no_speech_prob: z.number().nullish(),
        start: secondsSchema.nullish(),
        end: secondsSchema.nullish(),
      }),
    )
    .max(MAX_PARTS)
    .nullish(),
  words: z
    .array(
      z.object({ word: z.string().max(MAX_TEXT_CHARS), start: secondsSchema, end: secondsSchema }),
    )
    .max(MAX_PARTS)
    .nullish(),
});

export type Transcription = z.infer<typeof transcriptionSchema>;

/** What a service heard, as the pipeline wants it; `durationMs` is that of what it was sent. */
export function readTranscription(
  answer: Transcription,
  durationMs: number,
  wordTimes: boolean,
): Hypothesis {
  const segments = answer.segments ?? [];
  const spoken = segments.filter((segment) => !isSilence(segment));
  const text = tidy(
    segments.length > 0 && spoken.length < segments.length
      ? spoken.map((segment) => segment.text).join(' ')
      : answer.text,
  );
  const words = wordTimes ? timeWords(text, answer, durationMs) : null;
  return {
    text,
    tokens: [],
    meanLogProbability: meanOf(spoken),
    ...(words === null ? {} : { words }),
  };
}

function tidy(text: string): string {
  return cleanAnswer(text).replace(/\s+/gu, ' ').trim();
}

function isSilence({
  avg_logprob: mean,
  no_speech_prob: silence,
}: NonNullable<Transcription['segments']>[number]): boolean {
  return (silence ?? 0) > NO_SPEECH && (mean ?? 0) < NO_SPEECH_LOG_PROBABILITY;
}

/** Long segments count for more; null where the service tells none. */
function meanOf(segments: NonNullable<Transcription['segments']>): number | null {
  let sum = 0;
  let weight = 0;
  for (const { text, avg_logprob: mean } of segments) {
    if (mean === null || mean === undefined || !Number.isFinite(mean)) continue;
    sum += Math.min(0, mean) * text.length;
    weight += text.length;
  }
  return weight === 0 ? null : sum / weight;
}

/**
 * Times for the words of the text: services tell words without their marks, join some and part others, so
 * they are matched by their letters. Null where they are not those of the text.
 */
function timeWords(
  text: string,
  { words }: Transcription,
  durationMs: number,
): readonly WordTime[] | null {
  const spoken = text === '' ? [] : text.split(' ');
  if (spoken.length === 0) return [];
  if (words === null || words === undefined) return null;
  const heard = words.map(({ word, start, end }) => ({ letters: bare(word), start, end }));
  const times: WordTime[] = [];
  const end = Math.floor(durationMs);
  let at = 0;
  /** Letters of heard[at] that words before have used up. */
  let used = 0;
  let last = 0;
  for (const word of spoken) {
    let rest = bare(word);
    while (at < heard.length && heard[at]?.letters.length === used) {
      at += 1;
      used = 0;
    }
    const first = heard[at];
    let startMs = first === undefined ? last : Math.round(first.start * 1000);
    let endMs = startMs;
    // A dash between words is no word to a service.
    if (rest === '') startMs = endMs = last;
    while (rest !== '') {
      const part = heard[at];
      if (part === undefined) return null;
      const left = part.letters.slice(used);
      const common = Math.min(left.length, rest.length);
      if (left.slice(0, common) !== rest.slice(0, common)) return null;
      endMs = Math.round(part.end * 1000);
      rest = rest.slice(common);
      used += common;
      if (used === part.letters.length) {
        at += 1;
        used = 0;
      }
    }
    startMs = clamp(startMs, last, end);
    endMs = clamp(endMs, startMs, end);
    times.push({ text: word, startMs, endMs });
    last = endMs;
  }
  return times;
}

function bare(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}\p{M}\p{N}]/gu, '');
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
