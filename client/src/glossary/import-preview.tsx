import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId, useMemo } from 'preact/hooks';
import { count } from '../words/durations.ts';
import { fieldProblemInWords } from '../words/glossary-words.ts';
import type { FileImport } from './file-import.ts';
import type { GlossaryDesk } from './glossary-desk.ts';
import { type PlannedTerm, planImport } from './import-plan.ts';
import type { Glossary } from './schema.ts';
import { summaryOf } from './term-summary.ts';

/** Terms shown of a file; the rest of a longer one is only counted. */
const SHOWN_ROWS = 100;

type Way = 'merged' | 'replaced';

interface ImportPreviewProps {
  glossary: GlossaryDesk;
  file: FileImport;
  offers: readonly string[];
  incoming: Glossary;
  /** What is wrong with the rows that could not be read. */
  unread: readonly string[];
}

/** What the file says, what the list would become, and the choice between the two ways. */
export function ImportPreview(props: ImportPreviewProps) {
  const { glossary, file, offers, incoming, unread } = props;
  const way = useSignal<Way>('merged');
  const current = glossary.state.value.entries;
  const plan = useMemo(() => planImport(current, incoming), [current, incoming]);
  const { terms, entries, problem } = plan[way.value];
  const isNothing = incoming.length === 0;
  const go = () => {
    glossary.dispatch({ type: 'import', entries, terms: incoming.length });
    file.close();
  };
  return (
    <>
      <p data-testid="import-summary">{summaryInWords(terms)}</p>
      {!isNothing && <PlannedTerms terms={terms} offers={offers} />}
      {unread.length > 0 && <UnreadRows problems={unread} />}
      {!isNothing && current.length > 0 && <WayChoice way={way} missing={plan.missing} />}
      {problem !== null && (
        <p role="alert" class="wrong" data-testid="import-problem">
          {fieldProblemInWords(problem)}
        </p>
      )}
      <DialogButtons
        onCancel={() => file.close()}
        {...(isNothing
          ? {}
          : {
              go: `Import ${count(incoming.length, 'term')}`,
              onGo: go,
              isBlocked: problem !== null,
            })}
      />
    </>
  );
}

function summaryInWords(terms: readonly PlannedTerm[]): string {
  const amount = (change: PlannedTerm['change']) =>
    terms.filter((term) => term.change === change).length;
  const parts = [
    [amount('new'), 'new'],
    [amount('changed'), 'changed'],
    [amount('same'), 'as before'],
  ] as const;
  const found = parts.filter(([many]) => many > 0).map(([many, what]) => `${many} ${what}`);
  if (terms.length === 0) return 'No terms could be read from this file.';
  return `${count(terms.length, 'term')}: ${found.join(', ')}.`;
}

const CHANGE_LABEL: Record<PlannedTerm['change'], string> = {
  new: 'new',
  changed: 'changed',
  same: 'as before',
};

function PlannedTerms({
  terms,
  offers,
}: {
  terms: readonly PlannedTerm[];
  offers: readonly string[];
}) {
  return (
    <ScrollList label="Terms in the file" testId="import-terms">
      {terms.slice(0, SHOWN_ROWS).map(({ entry, change }) => (
        <li key={`${entry.language} ${entry.term}`} data-change={change}>
          <span class={change === 'same' ? 'tag' : 'tag strong'}>{CHANGE_LABEL[change]}</span>
          <span>
            <b lang={entry.language} dir="auto">
              {entry.term}
            </b>{' '}
            <span class="small soft">
              {summaryOf(entry, offers)
                .map(({ label, text }) => (label === null ? text : `${label}: ${text}`))
                .join(' · ')}
            </span>
          </span>
        </li>
      ))}
      {terms.length > SHOWN_ROWS && <li>and {terms.length - SHOWN_ROWS} more</li>}
    </ScrollList>
  );
}

function UnreadRows({ problems }: { problems: readonly string[] }) {
  return (
    <div class="stack tight">
      <h3>Left out, because it could not be read</h3>
      <ScrollList label="What could not be read" testId="import-unread">
        {problems.map((problem) => (
          <li key={problem} class="unread">
            {problem}
          </li>
        ))}
      </ScrollList>
    </div>
  );
}

interface ScrollListProps {
  label: string;
  testId: string;
  children: ComponentChildren;
}

function ScrollList({ label, testId, children }: ScrollListProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="import-box" tabIndex={0} aria-label={label}>
      <ul data-testid={testId}>{children}</ul>
    </section>
  );
}

function WayChoice({ way, missing }: { way: { value: Way }; missing: number }) {
  const name = useId();
  const choices: readonly { value: Way; label: string; hint: string }[] = [
    {
      value: 'merged',
      label: 'Add to the list',
      hint: 'Terms that are in both become as in the file.',
    },
    {
      value: 'replaced',
      label: 'Replace the list',
      hint:
        missing === 0
          ? 'All of yours are in the file.'
          : `${count(missing, 'term')} of yours would go.`,
    },
  ];
  return (
    <fieldset>
      <legend class="unseen">What becomes of the list</legend>
      {choices.map(({ value, label, hint }) => (
        <label class="check" key={value}>
          <input
            type="radio"
            name={name}
            checked={way.value === value}
            data-testid={`import-${value}`}
            onChange={() => {
              way.value = value;
            }}
          />
          <span>
            {label}
            <span class="choice-hint">{hint}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface DialogButtonsProps {
  onCancel(): void;
  go?: string;
  onGo?(): void;
  isBlocked?: boolean;
}

/** The last row of a dialog; without `go`, it can only be closed. */
export function DialogButtons({ onCancel, go, onGo, isBlocked = false }: DialogButtonsProps) {
  return (
    <div class="dialog-row">
      <button type="button" class="button" onClick={onCancel}>
        {go === undefined ? 'Close' : 'Cancel'}
      </button>
      {go !== undefined && (
        <button
          type="button"
          class="button main"
          data-testid="import-go"
          disabled={isBlocked}
          onClick={onGo}
        >
          {go}
        </button>
      )}
    </div>
  );
}
