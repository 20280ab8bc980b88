import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { Icon } from '../ui/icons.tsx';
import { joinTarget } from './join-target.ts';

/** Opens a room to read along, by its name or its link. */
export function JoinForm() {
  const typed = useSignal('');
  const field = useRef<HTMLInputElement>(null);
  const target = joinTarget(typed.value, location.origin);
  return (
    <form
      class="card stack"
      aria-labelledby="join-title"
      onSubmit={(event) => {
        event.preventDefault();
        if (target.kind === 'here') location.assign(target.path);
        else field.current?.focus();
      }}
    >
      <div>
        <h2 id="join-title">Read along</h2>
        <p class="small soft">Somebody else speaks, you read.</p>
      </div>
      <div class="field">
        <label for="room">Name of the room, or its link</label>
        <input
          id="room"
          ref={field}
          class="input"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          placeholder="quiet-harbour-417"
          aria-describedby="room-hint"
          data-testid="join-room"
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
        <p class="hint" id="room-hint">
          {target.kind === 'elsewhere' ? (
            <>
              That room is on another server: <a href={target.href}>open it at {target.host}</a>.
            </>
          ) : (
            'Links and QR codes from the speaker open it directly.'
          )}
        </p>
      </div>
      <button type="submit" class="button" data-testid="join">
        <Icon name="text" />
        Read along
      </button>
    </form>
  );
}
