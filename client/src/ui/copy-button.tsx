import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Icon } from './icons.tsx';

/** How long the button says that it worked. */
const CONFIRMED_MS = 2500;

type Outcome = 'none' | 'copied' | 'failed';

const LABEL: Record<Outcome, string> = { none: 'Copy', copied: 'Copied', failed: 'Copy by hand' };

/** Puts text on the clipboard and says so. `onFailed` may select it, to be copied by hand. */
export function CopyButton({ text, onFailed }: { text: string; onFailed(): void }) {
  const outcome = useSignal<Outcome>('none');
  useEffect(() => {
    if (outcome.value === 'none') return;
    const timer = setTimeout(() => {
      outcome.value = 'none';
    }, CONFIRMED_MS);
    return () => clearTimeout(timer);
  }, [outcome.value]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      outcome.value = 'copied';
    } catch {
      // No clipboard without a secure context: the text is selected instead.
      onFailed();
      outcome.value = 'failed';
    }
  };
  return (
    <button type="button" class="button" data-testid="copy-link" onClick={() => void copy()}>
      <Icon name={outcome.value === 'copied' ? 'check' : 'copy'} />
      <span aria-live="polite">{LABEL[outcome.value]}</span>
    </button>
  );
}
