import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

interface ModalDialogProps {
  title: string;
  titleClass?: string;
  class?: string;
  testId: string;
  onCancel(): void;
  children: ComponentChildren;
}

/** A dialog over the page. Open as long as it is rendered. */
export function ModalDialog({ title, testId, onCancel, children, ...classes }: ModalDialogProps) {
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
      class={classes.class}
      aria-labelledby={titleId}
      data-testid={testId}
      onCancel={(event) => {
        event.preventDefault();
        onCancel();
      }}
    >
      <div class="stack">
        <h2 id={titleId} class={classes.titleClass}>
          {title}
        </h2>
        {children}
      </div>
    </dialog>
  );
}
