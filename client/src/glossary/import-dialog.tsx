import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { FileImport } from './file-import.ts';
import type { GlossaryDesk } from './glossary-desk.ts';
import { DialogButtons, ImportPreview } from './import-preview.tsx';

interface ImportDialogProps {
  glossary: GlossaryDesk;
  file: FileImport;
  offers: readonly string[];
}

/** Shows what a file would change before it does. */
export function ImportDialog({ glossary, file, offers }: ImportDialogProps) {
  const state = file.state.value;
  switch (state.kind) {
    case 'none':
      return null;
    case 'reading':
      return (
        <FileDialog name={state.name} onCancel={() => file.close()}>
          <p role="status">Reading the file…</p>
        </FileDialog>
      );
    case 'failed':
      return (
        <FileDialog name={state.name} onCancel={() => file.close()}>
          <p role="alert" data-testid="import-failed">
            The file could not be read. Is it still there? Then choose it again.
          </p>
          <DialogButtons onCancel={() => file.close()} />
        </FileDialog>
      );
    case 'read':
      return (
        <FileDialog name={state.name} onCancel={() => file.close()}>
          <ImportPreview
            glossary={glossary}
            file={file}
            offers={offers}
            incoming={state.terms.entries}
            unread={state.terms.problems}
          />
        </FileDialog>
      );
  }
}

interface FileDialogProps {
  name: string;
  onCancel(): void;
  children: ComponentChildren;
}

function FileDialog({ name, onCancel, children }: FileDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="import"
      aria-labelledby={titleId}
      data-testid="import"
      onCancel={(event) => {
        event.preventDefault();
        onCancel();
      }}
    >
      <div class="stack">
        <h2 id={titleId} class="import-title">
          Import {name}
        </h2>
        {children}
      </div>
    </dialog>
  );
}
