import type { SessionScript } from './script.ts';
import type { SessionLog } from './session-log.ts';

/** What a process of speakers is told. */
export interface GeneratorTask {
  readonly url: string;
  readonly token: string | undefined;
  readonly language: string;
  readonly reads: readonly string[];
  /** One file of packets for each clip, as scripts number them. */
  readonly clips: readonly string[];
  readonly scripts: readonly SessionScript[];
}

/** What it says while it speaks, and at last. */
export type FromGenerator =
  | {
      readonly kind: 'progress';
      readonly speaking: number;
      readonly finals: number;
      readonly worstLagMs: number;
    }
  | {
      readonly kind: 'done';
      readonly logs: readonly SessionLog[];
      /** Processor seconds of the process while it spoke. */
      readonly cpuSeconds: number;
    };
