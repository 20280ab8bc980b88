import { useSignal } from '@preact/signals';
import { useId, useMemo, useRef } from 'preact/hooks';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { count } from '../words/durations.ts';
import { FileImport } from './file-import.ts';
import type { GlossaryDesk } from './glossary-desk.ts';
import { GlossaryFoot } from './glossary-foot.tsx';
import { GlossaryTools } from './glossary-tools.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { SEARCH_FROM } from './listed-terms.ts';
import { TermForm } from './term-form.tsx';
import { TermTable } from './term-table.tsx';
import { useKeptFocus } from './use-kept-focus.ts';

interface GlossaryEditorProps {
  glossary: GlossaryDesk;
  spoken: string;
  offers: readonly string[];
}

/** The list of terms and everything that can be done with it. */
export function GlossaryEditor({ glossary, spoken, offers }: GlossaryEditorProps) {
  const box = useRef<HTMLDivElement>(null);
  const file = useMemo(() => new FileImport(), []);
  const isOver = useSignal(false);
  const isClearing = useSignal(false);
  useKeptFocus(box, glossary);
  const { draft, opened, search } = glossary.state.value;
  const canEdit = glossary.holder.value.kind === 'own';
  const terms = glossary.entries.value.length;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button beside it does the same
    <div
      ref={box}
      class={isOver.value ? 'glossary-editor over' : 'glossary-editor'}
      onDragOver={(event) => {
        if (!canEdit) return;
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={({ currentTarget, relatedTarget }) => {
        const isInside = relatedTarget instanceof Node && currentTarget.contains(relatedTarget);
        if (!isInside) isOver.value = false;
      }}
      onDrop={(event) => {
        if (!canEdit) return;
        event.preventDefault();
        isOver.value = false;
        void file.read(event.dataTransfer?.files[0], spoken, offers);
      }}
    >
      {canEdit ? (
        <p class="hint">
          Names, products and special words: how they are written, and what becomes of them in
          translation. Counts for what is said from the next sentence on.
        </p>
      ) : (
        <p class="hint" data-testid="glossary-readonly">
          These are the room’s. Only its owner can change them.
        </p>
      )}
      <GlossaryTools
        glossary={glossary}
        file={file}
        spoken={spoken}
        offers={offers}
        canEdit={canEdit}
        onClear={() => {
          isClearing.value = true;
        }}
      />
      {canEdit && draft.kind === 'adding' && (
        <TermForm
          key={opened}
          glossary={glossary}
          draft={draft}
          language={draft.language}
          offers={offers}
        />
      )}
      {(terms >= SEARCH_FROM || search !== '') && <SearchField glossary={glossary} />}
      <TermTable glossary={glossary} spoken={spoken} offers={offers} canEdit={canEdit} />
      {canEdit && <GlossaryFoot glossary={glossary} />}
      {file.state.value.kind !== 'none' && (
        <ImportDialog glossary={glossary} file={file} offers={offers} />
      )}
      {isClearing.value && (
        <ConfirmDialog
          title="Delete every term?"
          go={`Delete ${count(terms, 'term')}`}
          onCancel={() => {
            isClearing.value = false;
          }}
          onGo={() => {
            isClearing.value = false;
            glossary.dispatch({ type: 'clear' });
          }}
        >
          <p>Names are then written and translated as they are heard.</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

function SearchField({ glossary }: { glossary: GlossaryDesk }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id} class="unseen">
        Search the list
      </label>
      <input
        id={id}
        class="input"
        type="search"
        placeholder="Search the list"
        data-testid="glossary-search"
        value={glossary.state.value.search}
        onInput={(event) => glossary.dispatch({ type: 'search', text: event.currentTarget.value })}
      />
    </div>
  );
}
