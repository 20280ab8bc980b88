import type { LanguageOffer } from '../../../shared/protocol.ts';
import type { RoomState } from '../store/transcript-store.ts';
import type { GatewayParts } from './gateway-parts.ts';

/** Languages that the speakers of a room speak, each once. */
export function spokenIn(state: RoomState | null): readonly string[] {
  return [...new Set(state?.speakers.map((speaker) => speaker.language))];
}

/** What speakers offered, as far as a translator reaches it; everything before anybody speaks. */
export function roomOffers(
  { recognizable, offers }: Pick<GatewayParts, 'recognizable' | 'offers'>,
  state: RoomState | null,
): readonly LanguageOffer[] {
  const spoken = spokenIn(state);
  const offered = state?.offers ?? [];
  const byLanguage = new Map<string, LanguageOffer>();
  for (const source of spoken.length === 0 ? recognizable : spoken) {
    for (const offer of offers(source)) {
      const isOffered =
        offer.language === source || spoken.length === 0 || offered.includes(offer.language);
      if (isOffered && !byLanguage.has(offer.language)) byLanguage.set(offer.language, offer);
    }
  }
  return [...byLanguage.values()];
}
