import { useEffect } from 'preact/hooks';
import type { SourceKind } from '../capture/audio-source.ts';
import { Icon } from '../ui/icons.tsx';
import { Notice } from '../ui/notice.tsx';
import type { Advice } from '../words/advice.ts';
import { spanInWords } from '../words/durations.ts';
import type { RoomDesk } from './room-desk.ts';
import type { Absence, SpeakSession } from './speak-session.ts';

/** Once somebody speaks again, the news of the absence is old after this time. */
const NEWS_MS = 12_000;

const GO_ON: Record<SourceKind, string> = {
  microphone: 'Go on speaking',
  tab: 'Choose the tab again',
  file: 'Go on with the microphone',
};

/** The page was left in mid-speech and is back: what became of it, and how to go on. */
export function AbsenceNotice({ desk, session }: { desk: RoomDesk; session: SpeakSession }) {
  const absence = session.absence.value;
  const waits = session.isSourceLost.value;
  useEffect(() => {
    if (absence === null || waits) return;
    const timer = setTimeout(() => {
      session.absence.value = null;
    }, NEWS_MS);
    return () => clearTimeout(timer);
  }, [absence, waits, session]);
  if (absence === null) return null;
  return (
    <Notice role="status" code="absence" plain={!waits} advice={adviceOn(absence, waits)}>
      {waits && (
        <button
          type="button"
          class="button"
          data-testid="go-on"
          onClick={() => void desk.changeSource()}
        >
          <Icon name={absence.source === 'tab' ? 'tab' : 'microphone'} />
          {GO_ON[absence.source]}
        </button>
      )}
    </Notice>
  );
}

function adviceOn({ gapMs, source }: Absence, waits: boolean): Advice {
  const gap = gapMs > 0 ? ` Readers see a gap of ${spanInWords(gapMs / 1000)}.` : '';
  if (!waits) return { title: 'You are live again', action: `Nothing said before is lost.${gap}` };
  if (source === 'file') {
    return {
      title: 'The recording stopped when this page was left',
      action: `All that was played until then has been sent.${gap} Stop, or go on with the microphone.`,
    };
  }
  return {
    title: 'Welcome back: your session is still open',
    action: `Everything you had said has been sent.${gap} Nobody hears you until you go on.`,
  };
}
