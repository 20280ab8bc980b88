import { useRef } from 'preact/hooks';
import { Icon } from '../ui/icons.tsx';
import { exportTerms } from './export-terms.ts';
import type { FileImport } from './file-import.ts';
import type { GlossaryDesk } from './glossary-desk.ts';

interface GlossaryToolsProps {
  glossary: GlossaryDesk;
  file: FileImport;
  spoken: string;
  offers: readonly string[];
  canEdit: boolean;
  onClear(): void;
}

/** Add, import, export, and delete all. */
export function GlossaryTools(props: GlossaryToolsProps) {
  const { glossary, file, spoken, offers, canEdit, onClear } = props;
  const input = useRef<HTMLInputElement>(null);
  const hasTerms = glossary.entries.value.length > 0;
  return (
    <div class="row">
      {canEdit && (
        <>
          <button
            type="button"
            class="button main"
            data-testid="term-add"
            onClick={() => glossary.dispatch({ type: 'add', language: spoken })}
          >
            <Icon name="plus" />
            Add a term
          </button>
          <button
            type="button"
            class="button"
            data-testid="glossary-import"
            title="From a CSV, TSV or TBX file; it can also be dropped here"
            onClick={() => input.current?.click()}
          >
            <Icon name="upload" />
            Import
          </button>
          <input
            ref={input}
            type="file"
            hidden
            accept=".csv,.tsv,.tab,.txt,.tbx,.xml,text/csv,text/tab-separated-values"
            aria-label="File with terms"
            data-testid="glossary-file"
            onChange={(event) => {
              const [chosen] = event.currentTarget.files ?? [];
              void file.read(chosen, spoken, offers);
              // The same file, mended, may be chosen again.
              event.currentTarget.value = '';
            }}
          />
        </>
      )}
      {hasTerms && (
        <button
          type="button"
          class="button quiet"
          data-testid="glossary-export"
          title="As a CSV file"
          onClick={() => void exportTerms(glossary.entries.value, glossary.room)}
        >
          <Icon name="download" />
          Export
        </button>
      )}
      {hasTerms && canEdit && (
        <button
          type="button"
          class="button quiet remove"
          data-testid="glossary-clear"
          onClick={onClear}
        >
          <Icon name="bin" />
          Delete all…
        </button>
      )}
    </div>
  );
}
