import { Icon } from '../ui/icons.tsx';
import { deedInWords } from '../words/glossary-words.ts';
import type { GlossaryDesk } from './glossary-desk.ts';
import type { Saving } from './glossary-saver.ts';

/** What was done last, whether it has reached the server, and the way back. */
export function GlossaryFoot({ glossary }: { glossary: GlossaryDesk }) {
  const { deed, before } = glossary.state.value;
  const saving = glossary.saving.value;
  const failed = saving.kind === 'failed' ? saving.problem : null;
  return (
    <div class="glossary-foot">
      <div class="small">
        <p role="status" data-testid="glossary-deed">
          {deed !== null && deedInWords(deed)}
        </p>
        {failed === null ? (
          <p role="status" class="soft" data-testid="glossary-saving" data-state={saving.kind}>
            {savingInWords(saving, glossary.isLive.value)}
          </p>
        ) : (
          <p role="alert" class="wrong" data-testid="glossary-saving" data-code={failed.code}>
            Not saved. {failed.advice.title}.
          </p>
        )}
      </div>
      <div class="row">
        {failed?.retryable === true && (
          <button
            type="button"
            class="button"
            data-testid="glossary-retry"
            onClick={() => glossary.flush()}
          >
            <Icon name="refresh" />
            Try again
          </button>
        )}
        {before !== null && (
          <button
            type="button"
            class="button"
            data-testid="glossary-undo"
            onClick={() => glossary.dispatch({ type: 'undo' })}
          >
            <Icon name="undo" />
            Undo
          </button>
        )}
      </div>
    </div>
  );
}

function savingInWords(saving: Saving, isLive: boolean): string {
  if (!isLive) return 'Kept in this browser';
  return saving.kind === 'saving' ? 'Saving…' : 'Saved';
}
