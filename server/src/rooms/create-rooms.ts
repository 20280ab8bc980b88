import type { Glossary } from '../../../shared/glossary.ts';
import type { CleanUps } from '../clean-ups.ts';
import type { Settings } from '../config/settings.ts';
import type { ServerMetrics } from '../metrics/server-metrics.ts';
import type { TranscriptStore } from '../store/transcript-store.ts';
import type { Translator } from '../translation/translator.ts';
import { GlossaryShelf } from './glossary-shelf.ts';
import { loadGlossary } from './load-glossary.ts';
import { RoomHub } from './room-hub.ts';
import { type DeskEvents, TranslationDesk } from './translation-desk.ts';

export interface RoomParts {
  readonly settings: Settings;
  readonly store: TranscriptStore;
  readonly translator: Translator;
  readonly metrics: ServerMetrics;
  /** Spoken languages that a recogniser here knows. */
  readonly recognizable: readonly string[];
  /** Tells the other nodes that a room's glossary has changed, and hears it of them; may be lost. */
  readonly glossaryNews: {
    tell(room: string): void;
    hear(heard: (room: string) => void): void;
  };
  readonly cleanUps: CleanUps;
  /** Hears which languages are read, again and again while they are. */
  wanted(languages: readonly string[]): void;
}

/** What the rooms of a node consist of. */
export interface Rooms {
  readonly hub: RoomHub;
  readonly desk: TranslationDesk;
  readonly glossary: GlossaryShelf;
  /** Terms that hold in every room; null where no glossary is set. */
  readonly commonTerms: number | null;
}

/** Rejects where GLOSSARY_FILE can not be used. */
export async function createRooms(parts: RoomParts): Promise<Rooms> {
  const { settings, store, translator, metrics, glossaryNews, cleanUps } = parts;
  const common = await deploymentGlossary(settings, parts.recognizable);
  const glossary = new GlossaryShelf(store, common ?? [], (room) => glossaryNews.tell(room));
  glossaryNews.hear((room) => void glossary.refresh(room));
  const desk = new TranslationDesk(store, translator, measuredBy(metrics), { glossary });
  metrics.translationFailures.inc({ engine: translator.name }, 0);
  cleanUps.add(() => desk.close());
  const hub = new RoomHub(
    store,
    desk,
    glossary,
    settings.MAX_VIEWERS_PER_ROOM,
    (languages) => parts.wanted(languages),
    (entry) => metrics.delivered(entry),
  );
  cleanUps.add(() => hub.close());
  return { hub, desk, glossary, commonTerms: common?.length ?? null };
}

function measuredBy(metrics: ServerMetrics): DeskEvents {
  return {
    translated: (engine, durationMs) =>
      metrics.translationSeconds.observe({ engine }, durationMs / 1000),
    stored: (engine, lagMs) => metrics.translationLag(engine, lagMs / 1000),
    failed: (engine) => metrics.translationFailures.inc({ engine }),
  };
}

/** The terms of every room, or null where none are set. */
async function deploymentGlossary(
  { GLOSSARY_FILE: path }: Settings,
  spoken: readonly string[],
): Promise<Glossary | null> {
  if (path === undefined) return null;
  return await loadGlossary({ path, named: 'GLOSSARY_FILE', spoken });
}
