import { keepSpeakingKey, speakingKey } from '../server/room-access.ts';

/** For servers that let only some people speak. */
export function KeyField() {
  return (
    <div class="field">
      <label for="key">Key for speaking</label>
      <input
        id="key"
        class="input"
        type="password"
        autocomplete="off"
        data-testid="key"
        value={speakingKey.value ?? ''}
        onInput={(event) => keepSpeakingKey(event.currentTarget.value.trim() || null)}
      />
      <p class="hint">
        Whoever runs this server has it. A link for speaking that ends in #k=… brings it along.
      </p>
    </div>
  );
}
