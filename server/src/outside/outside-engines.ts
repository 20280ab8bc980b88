import type { TranslationCache } from '../translation/cache/cache-finals.ts';
import type { OutsideStatus } from './outside-calls.ts';

/** What is known of the engines outside this server. */
export interface OutsideEngines {
  /** Finals that were translated of late; works once it is attached to Redis. */
  readonly cache: TranslationCache;
  status(): readonly OutsideStatus[];
}
