import { count } from '../words/durations.ts';
import { OfferChips } from './offer-chips.tsx';
import type { RoomDesk } from './room-desk.ts';

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
