import { useId, useMemo } from 'preact/hooks';
import { MAX_SPEAKER_NAME_LENGTH } from '../../../shared/limits.ts';
import type { ServerInfo } from '../../../shared/protocol.ts';
import type { SourceKind } from '../capture/audio-source.ts';
import { GlossaryCard } from '../glossary/glossary-card.tsx';
import { speakingToken } from '../server/room-access.ts';
import { Icon } from '../ui/icons.tsx';
import { Notice } from '../ui/notice.tsx';
import { spanInWords } from '../words/durations.ts';
import { fullName } from '../words/language-labels.ts';
import type { Problem } from '../words/problem.ts';
import { KeyField } from './key-field.tsx';
import { MicrophoneCheck } from './microphone-check.ts';
import { OfferChips } from './offer-chips.tsx';
import type { RoomDesk } from './room-desk.ts';
import { SourceChoice } from './source-choice.tsx';

const START: Record<SourceKind, string> = {
  microphone: 'Start speaking',
  tab: 'Choose a tab and start',
  file: 'Start playing',
};

/** What to settle before speaking. Everything has a sensible value already. */
export function SetupForm({ desk }: { desk: RoomDesk }) {
  const { setup } = desk;
  const check = useMemo(() => new MicrophoneCheck(setup), [setup]);
  const kind = setup.sourceKind.value;
  const formId = useId();
  const needsFile = kind === 'file' && setup.file.value === null;
  return (
    <div class="stack setup" data-testid="setup">
      <form
        id={formId}
        class="stack setup"
        onSubmit={(event) => {
          event.preventDefault();
          check.stop();
          void desk.start();
        }}
      >
        <SetupNotices desk={desk} />
        <SourceChoice desk={desk} check={check} />
        <div class="pair">
          <SpokenLanguage desk={desk} />
          <div class="field">
            <label for="name">Your name</label>
            <input
              id="name"
              class="input"
              maxLength={MAX_SPEAKER_NAME_LENGTH}
              autocomplete="name"
              placeholder="Shown to readers"
              data-testid="name"
              value={setup.speakerName.value}
              onInput={(event) => setup.nameSpeaker(event.currentTarget.value)}
            />
          </div>
        </div>
        <OfferChips desk={desk} />
      </form>
      <GlossaryCard
        glossary={desk.glossary}
        spoken={setup.spoken.value}
        offers={setup.offers.value}
      />
      <div class="start-row">
        <button
          type="submit"
          form={formId}
          class="button main big"
          data-testid="start"
          disabled={desk.isAsking.value || needsFile || setup.info.value === null}
        >
          <Icon name={kind === 'file' ? 'play' : kind === 'tab' ? 'tab' : 'microphone'} />
          {desk.isAsking.value ? 'Waiting for permission…' : START[kind]}
        </button>
        <span class="hint" data-testid="start-hint">
          {needsFile ? 'Choose a recording first.' : keptInWords(setup.info.value)}
        </span>
      </div>
    </div>
  );
}

function keptInWords(info: ServerInfo | null): string {
  return info === null ? '' : `What is said is kept as text for ${spanInWords(info.keptForS)}.`;
}

/** What another key would mend. */
const KEY_PROBLEMS: ReadonlySet<string> = new Set([
  'unauthorized',
  'forbidden',
  'token_expired',
  'key_expired',
  'key_revoked',
]);

function needsKey(problem: Problem | null): boolean {
  return problem !== null && KEY_PROBLEMS.has(problem.code);
}

function SetupNotices({ desk }: { desk: RoomDesk }) {
  const unreachable = desk.setup.unreachable.value;
  const problem = desk.problem.value;
  const info = desk.setup.info.value;
  return (
    <>
      {unreachable !== null && (
        <Notice advice={unreachable.advice} code={unreachable.code}>
          <button type="button" class="button" onClick={() => void desk.setup.load()}>
            <Icon name="refresh" />
            Try again
          </button>
        </Notice>
      )}
      {problem !== null && <Notice advice={problem.advice} code={problem.code} />}
      {(needsKey(problem) || (info?.keyRequired === true && speakingToken.value === null)) && (
        <KeyField />
      )}
      {info?.full === true && problem === null && (
        <Notice
          role="status"
          code="server_full"
          advice={{
            title: 'Every place on this server is taken',
            action:
              'You may have to wait until somebody has finished. Starting tries all the same.',
          }}
        />
      )}
      {desk.otherTabs.speaking.value && (
        <Notice
          role="status"
          code="other_tab"
          advice={{
            title: 'You are speaking here in another tab',
            action:
              'If both take up the same microphone, everything is said twice. Close one of them, unless you mean it.',
          }}
        />
      )}
    </>
  );
}

function SpokenLanguage({ desk }: { desk: RoomDesk }) {
  const { setup } = desk;
  const spoken = setup.info.value?.spoken ?? [];
  const only = spoken.length === 1;
  return (
    <div class="field">
      <label for="spoken">You speak</label>
      <select
        id="spoken"
        class="select"
        data-testid="spoken"
        aria-describedby={only ? 'spoken-hint' : undefined}
        value={setup.spoken.value}
        onChange={(event) => void setup.speak(event.currentTarget.value)}
      >
        {spoken.length === 0 && (
          <option value={setup.spoken.value}>{fullName(setup.spoken.value)}</option>
        )}
        {spoken.map(({ language }) => (
          <option key={language} value={language} lang={language}>
            {fullName(language)}
          </option>
        ))}
      </select>
      {only && (
        <p class="hint" id="spoken-hint">
          The only language this server understands.
        </p>
      )}
    </div>
  );
}
