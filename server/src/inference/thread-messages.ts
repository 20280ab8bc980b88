import type { ErrorCode } from '../../../shared/errors.ts';

/** What travels between an {@link InferenceThread} and the worker behind it. */
export type ToThread = { kind: 'run'; id: number; message: unknown } | { kind: 'close' };

export type FromThread =
  | { kind: 'ready' }
  /** The engine could not be loaded; the thread ends. */
  | { kind: 'unfit'; error: ThreadError }
  | { kind: 'done'; id: number; reply: unknown }
  | { kind: 'failed'; id: number; error: ThreadError };

/** An error as it crosses the thread's border: never with what was said in it. */
export interface ThreadError {
  /** Null where the worker knows no better than that it failed. */
  code: ErrorCode | null;
  message: string;
}
