import { count } from '../words/durations.ts';
import { OfferChips } from './offer-chips.tsx';
import type { RoomDesk } from './room-desk.ts';
import { MicrophoneSelect } from './source-choice.tsx';

/** The languages on offer, to be changed in mid-speech. */
export function LiveLanguages({ desk }: { desk: RoomDesk }) {
  const offered = desk.setup.offers.value.length;
  return (
    <details class="card">
      <summary data-testid="languages-live">
        <h2>Languages</h2>
        <span class="small soft">the original and {count(offered, 'translation')}</span>
      </summary>
      <OfferChips desk={desk} />
    </details>
  );
}

/** Another microphone in mid-speech; nothing where the sound comes from elsewhere. */
export function LiveMicrophone({ desk }: { desk: RoomDesk }) {
  const { sourceKind, microphones, deviceId } = desk.setup;
  if (sourceKind.value !== 'microphone' || microphones.value.length < 2) return null;
  const chosen = microphones.value.find((one) => one.deviceId === deviceId.value);
  return (
    <details class="card">
      <summary data-testid="microphone-live">
        <h2>Microphone</h2>
        <span class="small soft">{chosen?.label ?? 'the browser’s choice'}</span>
      </summary>
      <MicrophoneSelect setup={desk.setup} onChosen={() => void desk.changeSource()} />
    </details>
  );
}
