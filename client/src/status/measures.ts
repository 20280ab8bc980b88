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

const whole = (value: number) => Math.round(value).toLocaleString('en');
const seconds = (value: number) => `${value.toFixed(value < 10 ? 2 : 1)} s`;
const percent = (value: number) => `${Math.round(value)} %`;
const rate = (value: number) => (value < 10 ? `${Math.round(value * 10) / 10}` : whole(value));

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
    id: 'errors',
    title: 'Errors a minute',
    hint: 'requests that were answered with an error',
    least: 5,
    words: rate,
    read: errorsPerMinute,
  },
];
