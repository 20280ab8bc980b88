import type { ComponentChildren } from 'preact';
import { ModalDialog } from '../ui/modal-dialog.tsx';
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
  return (
    <ModalDialog
      title={`Import ${name}`}
      titleClass="import-title"
      class="import"
      testId="import"
      onCancel={onCancel}
    >
      {children}
    </ModalDialog>
  );
}
