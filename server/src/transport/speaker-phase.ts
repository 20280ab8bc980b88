import type { LiveSession } from '../session/live-session.ts';
import type { SpeakerLanguages } from './speaker-languages.ts';
import type { SpeakerSeat } from './speaker-seat.ts';

/** Whoever has stopped keeps the seat for so long after the last translation that came. */
export const LATE_TRANSLATIONS_MS = 60_000;

/** Where one speaker's connection stands. */
export type SpeakerPhase =
  | { readonly kind: 'idle' }
  /** A start or resume is under way; `abort` ends it when the connection goes. */
  | { readonly kind: 'opening'; readonly abort: AbortController; readonly over: Promise<unknown> }
  | {
      readonly kind: 'live';
      readonly session: LiveSession;
      readonly seat: SpeakerSeat;
      readonly languages: SpeakerLanguages;
    }
  /** The session is over, but translations of its last finals still come; the last one at `heardAt`. */
  | {
      readonly kind: 'over';
      readonly room: string;
      readonly seat: SpeakerSeat;
      readonly heardAt: number;
    }
  | { readonly kind: 'gone' };

/** Whether a session is here, or begins, or was here and still brings translations. */
export function holdsSeat(phase: SpeakerPhase, now: number): boolean {
  if (phase.kind === 'over') return now - phase.heardAt < LATE_TRANSLATIONS_MS;
  return phase.kind !== 'idle';
}
