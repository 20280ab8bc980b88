import type { PartialCaption } from '../../../shared/captions.ts';
import type { ServerMetrics } from '../metrics/server-metrics.ts';
import type { GlossaryShelf } from '../rooms/glossary-shelf.ts';
import type { TranslationDesk } from '../rooms/translation-desk.ts';
import type { RecognitionScheduler } from '../scheduling/recognition-scheduler.ts';
import type { Endpointing } from '../segmentation/endpointer.ts';
import type { SpeechDetector } from '../segmentation/speech-detector.ts';
import type { TranscriptStore } from '../store/transcript-store.ts';
import type { Translator } from '../translation/translator.ts';

/** What all sessions of a node share. */
export interface SessionEngines {
  readonly store: TranscriptStore;
  readonly detector: SpeechDetector;
  readonly scheduler: RecognitionScheduler;
  readonly recognizerName: string;
  readonly translator: Translator;
  readonly desk: TranslationDesk;
  /** Terms of a room, as spoken and as translated. */
  readonly glossary: GlossaryShelf;
  readonly metrics: ServerMetrics;
  readonly endpointing: Endpointing;
  readonly idleLimitMs: number;
  /** Languages that somebody reads in a room. */
  wanted(room: string): readonly string[];
  /** Viewers of a room on this node. */
  viewers(room: string): number;
  /** Sends a partial to every reader of its language, on every node; may be lost. */
  broadcast(room: string, caption: PartialCaption): void;
}
