import { useMemo } from 'preact/hooks';
import { Icon } from '../ui/icons.tsx';
import { englishName } from '../words/language-labels.ts';
import type { GlossaryDesk } from './glossary-desk.ts';
import { listedTerms } from './listed-terms.ts';
import type { GlossaryEntry } from './schema.ts';
import { entryKey } from './term-fields.ts';
import { TermForm } from './term-form.tsx';
import { summaryOf } from './term-summary.ts';

interface TermTableProps {
  glossary: GlossaryDesk;
  spoken: string;
  offers: readonly string[];
  canEdit: boolean;
}

/** Every term in a row; the one that is edited is a form in its place. */
export function TermTable({ glossary, spoken, offers, canEdit }: TermTableProps) {
  const { search, draft } = glossary.state.value;
  const entries = glossary.entries.value;
  const edited = canEdit && draft.kind === 'editing' ? draft.key : null;
  const listed = useMemo(() => listedTerms(entries, search, edited), [entries, search, edited]);
  if (listed.length === 0) {
    return (
      <p class="hint term-none" data-testid="glossary-none">
        {entries.length === 0 ? emptyInWords(canEdit) : 'No term has that in it.'}
      </p>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="term-box" tabIndex={0} aria-label="List of terms">
      <table class="terms" data-testid="terms">
        <thead>
          <tr>
            <th scope="col">Term</th>
            <th scope="col">Heard as</th>
            <th scope="col">In other languages</th>
            {canEdit && (
              <th scope="col">
                <span class="unseen">Edit or delete</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {listed.map((entry) => {
            const key = entryKey(entry);
            if (draft.kind === 'editing' && key === edited) {
              return (
                <tr key={key} class="term-edited" data-key={key}>
                  <td colSpan={4}>
                    <TermForm
                      glossary={glossary}
                      draft={draft}
                      language={entry.language}
                      offers={offers}
                    />
                  </td>
                </tr>
              );
            }
            return (
              <TermRow
                key={key}
                entry={entry}
                isForeign={entry.language !== spoken}
                offers={offers}
                actions={canEdit ? glossary : null}
              />
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function emptyInWords(canEdit: boolean): string {
  if (!canEdit) return 'There are none.';
  return 'For example “Parlance”, which is easily heard as “par lance” and should stay as it is.';
}

interface TermRowProps {
  entry: GlossaryEntry;
  /** Of another language than what is spoken now. */
  isForeign: boolean;
  offers: readonly string[];
  actions: GlossaryDesk | null;
}

function TermRow({ entry, isForeign, offers, actions }: TermRowProps) {
  const key = entryKey(entry);
  const { term, language, heardAs } = entry;
  return (
    <tr data-testid="term" data-key={key}>
      <th scope="row" class="term-name">
        <span lang={language} dir="auto">
          {term}
        </span>
        {isForeign && <span class="tag">{englishName(language)}</span>}
      </th>
      <td class="term-heard" lang={language}>
        {heardAs.length > 0 && <span class="term-label">heard as </span>}
        {heardAs.join(', ')}
      </td>
      <td class="term-elsewhere">
        {summaryOf(entry, offers).map(({ label, text, language: target }) => (
          <span class="term-part" key={text + target}>
            {label !== null && <span class="soft">{label} </span>}
            {target === null ? (
              <span class="soft">{text}</span>
            ) : (
              <span lang={target} dir="auto">
                {text}
              </span>
            )}
          </span>
        ))}
      </td>
      {actions !== null && (
        <td class="term-actions">
          <button
            type="button"
            class="button quiet icon"
            aria-label={`Edit ${term}`}
            title="Edit"
            data-testid="term-edit"
            onClick={() => actions.dispatch({ type: 'edit', key })}
          >
            <Icon name="pencil" />
          </button>
          <button
            type="button"
            class="button quiet icon"
            aria-label={`Delete ${term}`}
            title="Delete"
            data-testid="term-delete"
            onClick={() => actions.dispatch({ type: 'delete', key })}
          >
            <Icon name="bin" />
          </button>
        </td>
      )}
    </tr>
  );
}
