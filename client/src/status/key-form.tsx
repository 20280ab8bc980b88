import { useSignal } from '@preact/signals';
import { Notice } from '../ui/notice.tsx';
import { keepOperatorKey } from './operator-key.ts';

interface KeyFormProps {
  /** Whether the key that was tried is the wrong one, or none was tried. */
  why: 'none' | 'wrong' | 'not-operator';
  onKey: () => void;
}

/** Asks for a key that may operate. */
export function KeyForm({ why, onKey }: KeyFormProps) {
  const typed = useSignal('');
  return (
    <form
      class="card stack key-form"
      data-testid="operator-key-form"
      onSubmit={(event) => {
        event.preventDefault();
        const key = typed.value.trim();
        if (key === '') return;
        keepOperatorKey(key);
        typed.value = '';
        onKey();
      }}
    >
      <h2>Who operates this server?</h2>
      {why !== 'none' && (
        <Notice
          advice={
            why === 'wrong'
              ? {
                  title: 'This key does not open the page',
                  action: 'Look whether all of it was copied, and whether it still holds.',
                }
              : {
                  title: 'This key may not operate',
                  action: 'Make one with: parlance keys create NAME --scopes operate',
                }
          }
          code={why}
        />
      )}
      <div class="field">
        <label for="operator-key">Operator’s key</label>
        <input
          id="operator-key"
          class="input"
          type="password"
          autocomplete="off"
          spellcheck={false}
          data-testid="operator-key"
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
        <p class="hint">
          Kept in this tab until it is closed, and sent to this server only, never in an address.
        </p>
      </div>
      <div class="row">
        <button type="submit" class="button main" data-testid="operator-open">
          Show the figures
        </button>
      </div>
    </form>
  );
}
