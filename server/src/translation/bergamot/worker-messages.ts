import type { InstalledModel } from '../../models/installed-models.ts';

/** What a worker is told; `key` names a model as it was on disk. */
export type BergamotMessage =
  | {
      readonly kind: 'load';
      readonly key: string;
      readonly model: InstalledModel;
      /** Loaded models that make room first. */
      readonly unload: readonly string[];
    }
  | {
      readonly kind: 'translate';
      /** One model, or two of which the second reads what the first writes. */
      readonly keys: readonly string[];
      readonly sentences: readonly string[];
    };

export interface BergamotReply {
  /** Empty for `load`. */
  readonly translations: readonly string[];
  /** Linear memory of the worker's instance after it. */
  readonly memoryBytes: number;
}
