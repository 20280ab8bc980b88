import { useId } from 'preact/hooks';
import { fieldProblemInWords } from '../words/glossary-words.ts';
import type { FieldProblem } from './term-fields.ts';

interface TextFieldProps {
  label: string;
  /** Said by screen readers beside the label. */
  unseenLabel?: string;
  hint?: string;
  placeholder?: string;
  value: string;
  problem: FieldProblem | undefined;
  /** Of what is typed. */
  language: string;
  testId: string;
  onInput(text: string): void;
}

/** A line of text; what is wrong with it stands where its hint stood. */
export function TextField(props: TextFieldProps) {
  const { label, unseenLabel, hint, placeholder, value, problem, language, testId } = props;
  const id = useId();
  const noteId = `${id}-note`;
  const note = problem === undefined ? hint : fieldProblemInWords(problem);
  return (
    <div class="field">
      <label for={id}>
        <span lang={unseenLabel === undefined ? undefined : language}>{label}</span>
        {unseenLabel !== undefined && <span class="unseen">, {unseenLabel}</span>}
      </label>
      <input
        id={id}
        class="input"
        dir="auto"
        lang={language}
        spellcheck={false}
        autocapitalize="off"
        placeholder={placeholder}
        value={value}
        aria-invalid={problem !== undefined}
        aria-describedby={note === undefined ? undefined : noteId}
        data-testid={testId}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      {note !== undefined && (
        <p
          id={noteId}
          class={problem === undefined ? 'hint' : 'hint wrong'}
          data-testid={problem === undefined ? undefined : 'field-problem'}
        >
          {note}
        </p>
      )}
    </div>
  );
}
