import { useSignal } from '@preact/signals';
import type { ServerInfo } from '../../../shared/protocol.ts';
import { Icon } from '../ui/icons.tsx';
import { suggestRoomName, toRoomName } from '../words/room-names.ts';

/** Makes a room by naming it. */
export function StartForm({ info }: { info: ServerInfo | null }) {
  const typed = useSignal(suggestRoomName());
  const room = toRoomName(typed.value);
  return (
    <form
      class="card stack"
      aria-labelledby="start-title"
      onSubmit={(event) => {
        event.preventDefault();
        if (room !== '') location.assign(`/speak/${room}`);
      }}
    >
      <div>
        <h2 id="start-title">Start a room</h2>
        <p class="small soft">You speak, others read.</p>
      </div>
      <div class="field">
        <label for="new-room">Its name</label>
        <div class="input-row">
          <input
            id="new-room"
            class="input"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            aria-describedby="new-room-hint"
            data-testid="new-room"
            value={typed.value}
            onInput={(event) => {
              typed.value = event.currentTarget.value;
            }}
          />
          <button
            type="button"
            class="button icon"
            aria-label="Suggest another name"
            title="Suggest another name"
            onClick={() => {
              typed.value = suggestRoomName();
            }}
          >
            <Icon name="refresh" />
          </button>
        </div>
        <p class="hint" id="new-room-hint">
          {room === '' ? 'Use letters and digits.' : `Readers will open …/watch/${room}`}
        </p>
      </div>
      <button type="submit" class="button main" data-testid="open-room" disabled={room === ''}>
        <Icon name="microphone" />
        Open the room
      </button>
      {info?.full === true && (
        <p class="hint">Every place on this server is taken just now. It may take a while.</p>
      )}
    </form>
  );
}
