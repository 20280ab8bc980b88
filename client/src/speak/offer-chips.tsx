import { Icon } from '../ui/icons.tsx';
import { englishName, ownName } from '../words/language-labels.ts';
import { engineName } from '../words/quality-words.ts';
import type { RoomDesk } from './room-desk.ts';

/** Which languages readers may choose; can be changed while speaking. */
export function OfferChips({ desk }: { desk: RoomDesk }) {
  const { translations, offers, languages } = desk.setup;
  const all = translations.value;
  if (languages.value === null) return <p class="hint">Asking the server for its languages…</p>;
  if (all.length === 0) {
    return (
      <p class="hint" data-testid="no-translations">
        This server has no translator for this language: readers see the original.
      </p>
    );
  }
  const everything = offers.value.length === all.length;
  return (
    <fieldset class="stack tight" data-testid="offers">
      <legend class="label">Readers can choose</legend>
      <div class="chips">
        {all.map(({ language, engine, quality }) => (
          <label class="chip" key={language} title={`Translated by ${engineName(engine)}`}>
            <input
              type="checkbox"
              checked={offers.value.includes(language)}
              data-testid={`offer-${language}`}
              onChange={(event) => void desk.offer(language, event.currentTarget.checked)}
            />
            <span class="tick" aria-hidden="true">
              <Icon name="check" />
            </span>
            <span>
              <span lang={language}>{ownName(language)}</span>
              <span class="unseen">, {englishName(language)}</span>
            </span>
            {quality === 'basic' && <span class="tag">basic</span>}
          </label>
        ))}
      </div>
      <p class="hint">
        The original is always there.
        {all.some(({ quality }) => quality === 'basic') &&
          ' “Basic” is translated by rules: it gives the gist, with mistakes.'}{' '}
        <button type="button" class="link-button" onClick={() => void desk.offerAll(!everything)}>
          {everything ? 'Choose none' : 'Choose all'}
        </button>
      </p>
    </fieldset>
  );
}
