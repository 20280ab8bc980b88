import { useSignal } from '@preact/signals';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import { spanInWords } from '../words/durations.ts';
import type { RoomDesk } from './room-desk.ts';

/** What becomes of what is said, and the owner's way to end it. */
export function Keeping({ desk }: { desk: RoomDesk }) {
  const isConfirming = useSignal(false);
  const keptForS = desk.setup.info.value?.keptForS;
  if (keptForS === undefined) return null;
  const span = spanInWords(keptForS);
  return (
    <section class="card stack tight" aria-labelledby="keeping-title">
      <h2 id="keeping-title">What is kept</h2>
      <p class="small" data-testid="kept">
        The text of what you say is kept on this server for <b>{span}</b>, so that readers who come
        later can catch up. The sound is not kept.
      </p>
      {desk.isOwner.value && desk.roomEnded.value === null && (
        <button
          type="button"
          class="button danger"
          data-testid="end-room"
          onClick={() => {
            isConfirming.value = true;
          }}
        >
          <Icon name="bin" />
          End this room…
        </button>
      )}
      {isConfirming.value && (
        <EndDialog
          desk={desk}
          span={span}
          onClosed={() => {
            isConfirming.value = false;
          }}
        />
      )}
    </section>
  );
}

interface EndDialogProps {
  desk: RoomDesk;
  span: string;
  onClosed(): void;
}

function EndDialog({ desk, span, onClosed }: EndDialogProps) {
  const erase = useSignal(true);
  return (
    <ConfirmDialog
      title="End this room?"
      go={erase.value ? 'End and delete' : 'End the room'}
      onCancel={onClosed}
      onGo={() => {
        onClosed();
        void desk.endRoom(erase.value);
      }}
    >
      <p>
        Nobody can speak here any more. What was said{' '}
        {erase.value ? 'is deleted at once, for everybody' : `stays readable for ${span}`}. This
        cannot be undone.
      </p>
      <label class="check">
        <input
          type="checkbox"
          checked={erase.value}
          data-testid="erase"
          onChange={(event) => {
            erase.value = event.currentTarget.checked;
          }}
        />
        Delete everything that was said in it
      </label>
    </ConfirmDialog>
  );
}
