import type { TranslationQuality } from '../../../../shared/captions.ts';
import type { CallKind } from '../../outside/outside-calls.ts';
import type { PlaceholderStyle } from '../terms/placeholders.ts';
import type { ServicePair } from './language-table.ts';

/** What one kind of service must tell about itself; {@link createRemoteTranslator} does the rest. */
export interface RemoteEngine {
  /** As captions say it. */
  readonly name: string;
  readonly quality: TranslationQuality;
  /** Asks the service what it translates. */
  languages(signal: AbortSignal): Promise<readonly ServicePair[]>;
  /**
   * Translates lines without line breaks, each with letters in it, and answers as many. Rejects with an
   * `OutsideError`. Called once for each try.
   */
  translate(lines: readonly string[], how: RemoteCall): Promise<readonly string[]>;
  placeholderStyles?(from: string, to: string): readonly PlaceholderStyle[];
  /** Ends connections. */
  close(): Promise<void>;
}

export interface RemoteCall {
  /** The service's own codes. */
  readonly pair: ServicePair;
  /** Ours, for names of languages. */
  readonly from: string;
  readonly to: string;
  readonly kind: CallKind;
  readonly signal: AbortSignal;
}
