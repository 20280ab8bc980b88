import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { englishName, ownName } from '../words/language-labels.ts';
import type { GlossaryDesk } from './glossary-desk.ts';
import type { Draft } from './glossary-state.ts';
import type { TermFields } from './term-fields.ts';
import { TextField } from './text-field.tsx';

/** More languages than this are folded away: most names stay as they are. */
const SHOWN_LANGUAGES = 8;

interface TermFormProps {
  glossary: GlossaryDesk;
  draft: Exclude<Draft, { kind: 'none' }>;
  /** What is spoken where the term is said. */
  language: string;
  offers: readonly string[];
}

/** One term: how it is written, what is heard instead, and what becomes of it elsewhere. */
export function TermForm({ glossary, draft, language, offers }: TermFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const wantsFocus = useRef(true);
  const { fields, problems } = draft;
  const targets = offers.filter((target) => target !== language);
  const type = (changed: Partial<TermFields>) =>
    glossary.dispatch({ type: 'type', fields: changed });
  // On opening and after each try: where something is to be mended, else at the beginning.
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    const element = form.current;
    const first =
      element?.querySelector<HTMLElement>('[aria-invalid=true]') ??
      element?.querySelector<HTMLElement>('input');
    element?.scrollIntoView({ block: 'nearest' });
    first?.focus();
  });
  return (
    <form
      ref={form}
      class="term-form"
      noValidate
      autocomplete="off"
      aria-label={draft.kind === 'adding' ? 'New term' : `Change ${fields.term}`}
      data-testid="term-form"
      onSubmit={(event) => {
        event.preventDefault();
        wantsFocus.current = true;
        glossary.dispatch({ type: 'submit' });
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        glossary.dispatch({ type: 'cancel' });
      }}
    >
      <div class="term-fields">
        <TextField
          label="Term"
          hint="As it is to be written."
          value={fields.term}
          problem={problems.term}
          language={language}
          testId="term-name"
          onInput={(term) => type({ term })}
        />
        <TextField
          label="Heard as (optional)"
          hint="Wrong spellings, with commas between."
          value={fields.heardAs}
          problem={problems.heardAs}
          language={language}
          testId="term-heard"
          onInput={(heardAs) => type({ heardAs })}
        />
      </div>
      <KeepChoice keep={fields.keep} onChange={(keep) => type({ keep })} />
      {targets.length > 0 && (
        <details
          class="term-targets"
          open={targets.length <= SHOWN_LANGUAGES || hasAny(fields, targets)}
        >
          <summary class="label term-targets-head">
            Its own word in these languages (optional)
          </summary>
          <div class="term-fields narrow-fields">
            {targets.map((target) => (
              <TextField
                key={target}
                label={ownName(target)}
                unseenLabel={englishName(target)}
                placeholder={fields.keep ? 'as it is' : 'as usual'}
                value={fields.translations[target] ?? ''}
                problem={problems[`to-${target}`]}
                language={target}
                testId={`term-to-${target}`}
                onInput={(text) =>
                  type({ translations: { ...fields.translations, [target]: text } })
                }
              />
            ))}
          </div>
        </details>
      )}
      <div class="row">
        <button type="submit" class="button main" data-testid="term-save">
          {draft.kind === 'adding' ? 'Add to the list' : 'Change'}
        </button>
        <button
          type="button"
          class="button"
          data-testid="term-cancel"
          onClick={() => glossary.dispatch({ type: 'cancel' })}
        >
          {draft.kind === 'adding' ? 'Close' : 'Cancel'}
        </button>
      </div>
    </form>
  );
}

function hasAny(fields: TermFields, targets: readonly string[]): boolean {
  return targets.some((target) => fields.translations[target] !== undefined);
}

interface KeepChoiceProps {
  keep: boolean;
  onChange(keep: boolean): void;
}

function KeepChoice({ keep, onChange }: KeepChoiceProps) {
  const name = useId();
  const choices = [
    { value: true, label: 'Leave it as it is', testId: 'term-keep' },
    { value: false, label: 'Translate as usual', testId: 'term-translate' },
  ];
  return (
    <fieldset>
      <legend class="label">In other languages</legend>
      <div class="row term-choice">
        {choices.map(({ value, label, testId }) => (
          <label class="check" key={testId}>
            <input
              type="radio"
              name={name}
              checked={keep === value}
              data-testid={testId}
              onChange={() => onChange(value)}
            />
            {label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
