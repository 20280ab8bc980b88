import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { FreshFinal } from './watch-session.ts';

/** Sentences kept for a screen reader that has not come to them yet. */
const KEPT = 4;

/** Where the page hands a finished sentence to whoever speaks it. */
export class FinalFeed {
  readonly #listeners = new Set<(final: FreshFinal) => void>();

  emit(final: FreshFinal): void {
    for (const listener of this.#listeners) listener(final);
  }

  /** Returns "stop listening". */
  on(listener: (final: FreshFinal) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Says finished sentences, and only those, to screen readers when they pause. */
export function Announcer({ feed, showSpeakers }: { feed: FinalFeed; showSpeakers: boolean }) {
  const finals = useSignal<readonly FreshFinal[]>([]);
  useEffect(
    () =>
      feed.on((final) => {
        finals.value = [...finals.value, final].slice(-KEPT);
      }),
    [feed, finals],
  );
  return (
    <div
      class="unseen"
      role="log"
      aria-live="polite"
      aria-label="New captions"
      data-testid="announcer"
    >
      {finals.value.map(({ key, speakerName, text, language }) => (
        <p key={key}>
          {showSpeakers && speakerName !== '' && `${speakerName}: `}
          <span lang={language}>{text}</span>
        </p>
      ))}
    </div>
  );
}
