import { useSignal } from '@preact/signals';
import { Icon } from '../ui/icons.tsx';
import { fullName } from '../words/language-labels.ts';
import { QUALITY_LABEL } from '../words/quality-words.ts';
import { type ReaderSettings, TEXT_SIZES } from './reader-settings.ts';
import type { ReadAloudAbility } from './use-read-aloud.ts';
import type { WatchSession } from './watch-session.ts';

interface ReaderBarProps {
  session: WatchSession;
  settings: ReaderSettings;
  aloud: ReadAloudAbility;
}

/** What a reader can change: language, size, the original, reading aloud. */
export function ReaderBar({ session, settings, aloud }: ReaderBarProps) {
  const open = useSignal(false);
  return (
    <section class="reader-bar" aria-label="Reading">
      <LanguageChoice session={session} />
      <button
        type="button"
        class="button icon more"
        aria-expanded={open.value}
        aria-controls="reading-options"
        aria-label="Reading options"
        data-testid="reading-options"
        onClick={() => {
          open.value = !open.value;
        }}
      >
        <Icon name="text" />
      </button>
      <div id="reading-options" class={open.value ? 'options open' : 'options'}>
        <TextSize settings={settings} />
        <button
          type="button"
          class="button"
          aria-pressed={settings.showOriginal.value}
          data-testid="show-original"
          onClick={() => settings.toggleOriginal()}
        >
          <Icon name="both" />
          Original too
        </button>
        <button
          type="button"
          class="button"
          aria-pressed={settings.guesses.value}
          title="Words appear sooner, and some of them change"
          data-testid="show-guesses"
          onClick={() => settings.toggleGuesses()}
        >
          <Icon name="pencil" />
          Sooner, as guesses
        </button>
        <AloudSwitch session={session} settings={settings} aloud={aloud} />
      </div>
    </section>
  );
}

function LanguageChoice({ session }: { session: WatchSession }) {
  const offers = session.languages.value;
  const language = session.language.value ?? '';
  const known = offers.some((offer) => offer.language === language);
  return (
    <div class="language-choice">
      <label class="unseen" for="language">
        Language to read in
      </label>
      <select
        id="language"
        class="select"
        data-testid="language"
        value={language}
        onChange={(event) => void session.choose(event.currentTarget.value)}
      >
        {!known && language !== '' && (
          <option value={language} lang={language}>
            {fullName(language)}
          </option>
        )}
        {offers.map((offer) => (
          <option key={offer.language} value={offer.language} lang={offer.language}>
            {fullName(offer.language)}
            {offer.quality === 'basic' || offer.quality === 'none'
              ? ` · ${QUALITY_LABEL[offer.quality]}`
              : ''}
          </option>
        ))}
      </select>
    </div>
  );
}

function TextSize({ settings }: { settings: ReaderSettings }) {
  const step = settings.sizeStep.value;
  return (
    <fieldset class="text-size">
      <legend class="unseen">Size of captions</legend>
      <button
        type="button"
        class="button icon"
        aria-label="Smaller captions"
        data-testid="smaller"
        disabled={step === 0}
        onClick={() => settings.changeSize(-1)}
      >
        <span class="letter-small" aria-hidden="true">
          A
        </span>
      </button>
      <button
        type="button"
        class="button icon"
        aria-label="Larger captions"
        data-testid="larger"
        disabled={step === TEXT_SIZES.length - 1}
        onClick={() => settings.changeSize(1)}
      >
        <span class="letter-large" aria-hidden="true">
          A
        </span>
      </button>
    </fieldset>
  );
}

function AloudSwitch({ session, settings, aloud }: ReaderBarProps) {
  const asked = useSignal(false);
  const language = session.language.value;
  const reason =
    aloud === 'unsupported'
      ? 'This browser cannot read aloud.'
      : `This device has no voice for ${language === null ? 'this language' : fullName(language)}.`;
  return (
    <>
      <button
        type="button"
        class="button"
        aria-pressed={settings.readAloud.value && aloud === 'ready'}
        data-testid="read-aloud"
        data-ability={aloud}
        onClick={() => {
          asked.value = true;
          if (aloud === 'ready') settings.readAloud.value = !settings.readAloud.value;
        }}
      >
        <Icon name="aloud" />
        Read aloud
      </button>
      <span class="hint aloud-reason" role="status" data-testid="aloud-reason">
        {asked.value && aloud !== 'ready' && reason}
      </span>
    </>
  );
}
