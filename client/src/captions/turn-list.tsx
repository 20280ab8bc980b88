import { Component } from 'preact';
import type { TranscriptLine } from '../live/transcript-line.ts';
import { CaptionText } from './caption-text.tsx';
import { isNotUnderstood, type LineView, type Reading, viewLine } from './line-view.ts';
import { gapInWords, markInWords, NOT_UNDERSTOOD } from './notice-words.ts';
import type { SpeakerLook, SpeakerLooks } from './speaker-looks.ts';
import { type Turn, toTurns } from './turns.ts';

interface LineProps extends Reading {
  line: TranscriptLine;
  showOriginal: boolean;
}

/** Drawn again only when its line is another object: a long history costs nothing per word. */
class CaptionLine extends Component<LineProps> {
  override shouldComponentUpdate(next: LineProps): boolean {
    const { line, language, translated, guesses, showOriginal } = this.props;
    return (
      next.line !== line ||
      next.language !== language ||
      next.translated !== translated ||
      next.guesses !== guesses ||
      next.showOriginal !== showOriginal
    );
  }

  override render({ line, showOriginal, ...reading }: LineProps) {
    const view = viewLine(line, reading);
    return (
      <div
        class={`line ${view.kind}`}
        data-testid="line"
        data-kind={view.kind}
        data-final={view.kind !== 'speech' || view.isFinal}
        data-segment={line.segment}
      >
        <LineBody view={view} showOriginal={showOriginal} />
      </div>
    );
  }
}

function LineBody({ view, showOriginal }: { view: LineView; showOriginal: boolean }) {
  if (view.kind === 'gap') return <p class="aside">{gapInWords(view.lostMs)}</p>;
  if (view.kind === 'not_understood') return <p class="aside">{NOT_UNDERSTOOD}</p>;
  const original = showOriginal ? view.original : null;
  return (
    <>
      <p class={view.mark === 'awaiting' ? 'caption awaiting' : 'caption'}>
        <CaptionText view={view} />{' '}
        {view.mark !== null && (
          <span class="tag" data-testid="mark" data-mark={view.mark}>
            {markInWords(view.mark, view.language)}
          </span>
        )}
      </p>
      {original !== null && (
        <p class="original" lang={original.language} dir="auto" data-testid="original">
          {original.text}
        </p>
      )}
    </>
  );
}

interface TurnListProps extends Reading {
  lines: readonly TranscriptLine[];
  looks: SpeakerLooks;
  showOriginal: boolean;
  /** False where only one person can be meant. */
  showSpeakers: boolean;
}

/** Captions by speaker, oldest first. */
export function TurnList({ lines, looks, showSpeakers, ...rest }: TurnListProps) {
  return (
    <ol class="turns" data-testid="turns">
      {toTurns(lines).map((turn) => {
        const look = looks.lookOf(turn.session, turn.speakerName);
        return (
          <li key={turn.key} class={turnClass(look, showSpeakers)}>
            {showSpeakers && <TurnHead turn={turn} look={look} />}
            {withoutEchoes(turn.lines).map((line) => (
              <CaptionLine key={line.key} line={line} {...rest} />
            ))}
          </li>
        );
      })}
    </ol>
  );
}

/** One word that something was not understood is enough for several sentences in a row. */
function withoutEchoes(lines: readonly TranscriptLine[]): TranscriptLine[] {
  return lines.filter((line, index) => {
    const before = lines[index - 1];
    return before === undefined || !isNotUnderstood(line) || !isNotUnderstood(before);
  });
}

function turnClass({ voice, lane }: SpeakerLook, showSpeakers: boolean): string {
  return showSpeakers ? `turn voice-${voice} lane-${lane}` : 'turn';
}

function TurnHead({ turn, look }: { turn: Turn; look: SpeakerLook }) {
  const storedAt = turn.lines.find(({ original }) => original !== null)?.original?.storedAt;
  return (
    <p class="turn-head">
      <span class="initial" aria-hidden="true">
        {look.label.charAt(0).toUpperCase()}
      </span>
      <span class="speaker-name" data-testid="speaker">
        {look.label}
      </span>
      {storedAt !== undefined && (
        <time class="small soft" dateTime={new Date(storedAt).toISOString()}>
          {new Date(storedAt).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}
        </time>
      )}
    </p>
  );
}
