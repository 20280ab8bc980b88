import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

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
      aria-labelledby={titleId}
      data-testid="confirm"
      onCancel={(event) => {
        event.preventDefault();
        onCancel();
      }}
    >
      <div class="stack">
        <h2 id={titleId}>{title}</h2>
        {children}
        <div class="dialog-row">
          <button type="button" class="button" onClick={onCancel}>
            Cancel
          </button>
          <button type="button" class="button danger" data-testid="confirm-go" onClick={onGo}>
            {go}
          </button>
        </div>
      </div>
    </dialog>
  );
}
