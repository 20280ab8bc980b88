import { parentPort } from 'node:worker_threads';
import { AppError } from '../../../shared/errors.ts';
import { nameThread } from '../name-thread.ts';
import type { FromThread, ThreadError, ToThread } from './thread-messages.ts';

/** An engine inside a worker thread. Messages are handled one at a time, in order. */
export interface ThreadEngine {
  /** Answers one message; buffers in `transfer` change hands instead of being copied. */
  handle(message: unknown): Promise<{ reply: unknown; transfer?: readonly ArrayBuffer[] }>;
  /** Lets go of what the engine holds. */
  release(): Promise<void>;
}

/**
 * Worker side of an inference thread: loads the engine, answers messages until told to close, then
 * releases the engine and lets the thread end by itself. A thread is never terminated from outside,
 * because onnxruntime aborts the whole process when that happens during a run.
 */
export async function serveThread(load: () => Promise<ThreadEngine>): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('Expected to run in a worker thread.');
  nameThread();
  const send = (message: FromThread, transfer: readonly ArrayBuffer[] = []) =>
    port.postMessage(message, [...transfer]);

  let engine: ThreadEngine;
  try {
    engine = await load();
  } catch (error) {
    send({ kind: 'unfit', error: describeError(error) });
    port.close();
    return;
  }

  let tail = Promise.resolve();
  port.on('message', (message: ToThread) => {
    tail = tail.then(async () => {
      if (message.kind === 'close') {
        await engine.release();
        port.close();
        return;
      }
      try {
        const { reply, transfer } = await engine.handle(message.message);
        send({ kind: 'done', id: message.id, reply }, transfer);
      } catch (error) {
        send({ kind: 'failed', id: message.id, error: describeError(error) });
      }
    });
  });
  send({ kind: 'ready' });
}

function describeError(error: unknown): ThreadError {
  return {
    code: error instanceof AppError ? error.code : null,
    message: error instanceof Error ? error.message : String(error),
  };
}
