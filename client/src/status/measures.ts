import type { NodeReport } from '../../../shared/http-answers.ts';
import { errorsPerMinute, type Read } from './node-history.ts';

export interface Measure {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  /** The chart's top is at least this. */
  readonly least: number;
  /** A value as it is told. */
  readonly words: (value: number) => string;
  readonly read: Read;
}

type Slots = NodeReport['concurrent']['slots']['recognition'];

const whole = (value: number) => Math.round(value).toLocaleString('en');
const seconds = (value: number) => `${value.toFixed(value < 10 ? 2 : 1)} s`;
const percent = (value: number) => `${Math.round(value)} %`;
const rate = (value: number) => (value < 10 ? `${Math.round(value * 10) / 10}` : whole(value));

/** In percent; null where there is none. */
function shareInUse({ total, in_use }: Slots): number | null {
  return total === 0 ? null : (100 * in_use) / total;
}

/** What is drawn, in this order. */
export const MEASURES: readonly Measure[] = [
  {
    id: 'speakers',
    title: 'Speakers',
    hint: 'people who speak just now',
    least: 5,
    words: whole,
    read: ({ concurrent }) => concurrent.sessions,
  },
  {
    id: 'viewers',
    title: 'Viewers',
    hint: 'open pages of readers',
    least: 5,
    words: whole,
    read: ({ concurrent }) => concurrent.viewers,
  },
  {
    id: 'caption-lag',
    title: 'Captions come late by',
    hint: 'end of a sentence to its caption, 95 of 100',
    least: 1,
    words: seconds,
    read: ({ performance }) => performance.caption_lag.p95,
  },
  {
    id: 'translation-lag',
    title: 'Translations come late by',
    hint: 'end of a sentence to its translation, 95 of 100',
    least: 1,
    words: seconds,
    read: ({ performance }) => performance.translation_lag.p95,
  },
  {
    id: 'slots',
    title: 'Places for speakers in use',
    hint: 'of those that the node has',
    least: 100,
    words: percent,
    read: ({ concurrent }) => concurrent.utilization,
  },
  {
    id: 'recognition',
    title: 'Recognition at work',
    hint: 'of the threads that the node has',
    least: 100,
    words: percent,
    read: ({ concurrent }) => shareInUse(concurrent.slots.recognition),
  },
  {
    id: 'translation',
    title: 'Translation at work',
    hint: 'of all workers, programs and requests outside',
    least: 100,
    words: percent,
    read: ({ concurrent }) => shareInUse(concurrent.slots.translation),
  },
  {
    id: 'waiting',
    title: 'Waiting for a slot',
    hint: 'speakers, sentences to read, texts to translate',
    least: 5,
    words: whole,
    read: ({ concurrent: { slots } }) =>
      slots.conversion.waiting + slots.recognition.waiting + slots.translation.waiting,
  },
  {
    id: 'errors',
    title: 'Errors a minute',
    hint: 'requests that were answered with an error',
    least: 5,
    words: rate,
    read: errorsPerMinute,
  },
];
