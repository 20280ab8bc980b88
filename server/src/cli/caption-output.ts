import type { FinalCaption, PartialCaption, SessionGapNotice } from '../../../shared/captions.ts';
import { FRAME_MS } from '../../../shared/limits.ts';
import type { CaptionScreen } from './caption-screen.ts';
import { clock } from './caption-screen.ts';
import type { Marks } from './marks.ts';

/** What a command prints while it runs: for people, or for other programs. */
export interface CaptionOutput {
  partial(caption: PartialCaption, receivedAtMs: number): void;
  final(caption: FinalCaption, receivedAtMs: number, place?: CaptionPlace): void;
  gap(gap: SessionGapNotice, receivedAtMs: number, place?: CaptionPlace): void;
  /** Something that only people want to know. */
  note(text: string): void;
  /** The last thing: `fields` for programs, `text` for people (none where it is empty). */
  summary(fields: Readonly<Record<string, unknown>>, text: string): void;
}

export interface CaptionPlace {
  readonly cursor?: string;
  readonly speakerName?: string;
}

/** One JSON object a line. */
export function jsonOutput(write: (line: string) => void): CaptionOutput {
  const print = (fields: object): void => write(`${JSON.stringify(fields)}\n`);
  const common = ({ session, segment, language, text, startMs, endMs }: CaptionCommon) => ({
    session,
    segment,
    language,
    text,
    startMs,
    endMs,
  });
  return {
    partial: (caption, receivedAtMs) => {
      const { revision, stableLength } = caption;
      print({ type: 'partial', ...common(caption), revision, stableLength, receivedAtMs });
    },
    final: (caption, receivedAtMs, { cursor } = {}) => {
      const { engine, notice } = caption;
      print({ type: 'final', ...common(caption), engine, notice, receivedAtMs, cursor });
    },
    gap: ({ session, fromSeq, toSeq }, receivedAtMs, { cursor } = {}) => {
      const span = { startMs: fromSeq * FRAME_MS, endMs: toSeq * FRAME_MS };
      print({ type: 'gap', session, ...span, receivedAtMs, cursor });
    },
    note: () => {},
    summary: (fields) => print({ type: 'summary', ...fields }),
  };
}

type CaptionCommon = Pick<
  FinalCaption,
  'session' | 'segment' | 'language' | 'text' | 'startMs' | 'endMs'
>;

/** Captions with their time and language, or with their speaker, on a screen. */
export function screenOutput(screen: CaptionScreen, marks: Marks): CaptionOutput {
  const label = ({ startMs, language }: CaptionCommon, { speakerName }: CaptionPlace): string =>
    [clock(startMs), speakerName === undefined ? language : speakerLabel(speakerName)]
      .filter((part) => part !== '')
      .join(' ');
  return {
    partial: (caption) => screen.partial(label(caption, {}), caption.text, caption.stableLength),
    final: (caption, _receivedAtMs, place = {}) =>
      screen.final(label(caption, place), caption.text || '(not understood)'),
    gap: ({ fromSeq, toSeq }) => {
      const seconds = ((toSeq - fromSeq) * FRAME_MS) / 1000;
      screen.final(clock(fromSeq * FRAME_MS), `(${seconds.toFixed(1)} s lost on the way)`);
    },
    note: (text) => screen.note(marks.dim(text)),
    summary: (_fields, text) => {
      screen.close();
      if (text !== '') screen.note(text);
    },
  };
}

function speakerLabel(name: string): string {
  return name === '' ? '' : `${name}:`;
}
