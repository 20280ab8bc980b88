import type { ComponentChildren } from 'preact';
import { ModalDialog } from './modal-dialog.tsx';

interface ConfirmDialogProps {
  title: string;
  /** What the button that goes ahead says. */
  go: string;
  onGo(): void;
  onCancel(): void;
  children: ComponentChildren;
}

/** Asks before something that cannot be undone. Open as long as it is rendered. */
export function ConfirmDialog({ title, go, onGo, onCancel, children }: ConfirmDialogProps) {
  return (
    <ModalDialog title={title} testId="confirm" onCancel={onCancel}>
      {children}
      <div class="dialog-row">
        <button type="button" class="button" onClick={onCancel}>
          Cancel
        </button>
        <button type="button" class="button danger" data-testid="confirm-go" onClick={onGo}>
          {go}
        </button>
      </div>
    </ModalDialog>
  );
}
