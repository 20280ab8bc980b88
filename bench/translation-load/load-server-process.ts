import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import {
  LOAD_SERVER_MESSAGE,
  type LoadServerFigures,
  type LoadServerStart,
} from './load-server-messages.ts';

export interface LoadServerProcess {
  readonly url: string;
  readonly pid: number;
  /** What was counted since the last look. */
  look(): Promise<LoadServerFigures>;
  /** Idempotent; resolves when the process is gone. */
  stop(): Promise<void>;
}

/** Starting Redis and fifty decoders takes seconds, several times that on a busy machine. */
const START_LIMIT_MS = 60_000;
const ANSWER_LIMIT_MS = 10_000;
const STOP_LIMIT_MS = 20_000;

/** Starts the server in a process of its own. */
export async function startLoadServer(
  start: Omit<LoadServerStart, 'kind'>,
): Promise<LoadServerProcess> {
  const own = import.meta.url.endsWith('.ts');
  const program = fileURLToPath(new URL(`./load-server${own ? '.ts' : '.js'}`, import.meta.url));
  const child = fork(program, [], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: own ? ['--import', 'tsx'] : [],
  });
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopping ??= end(child);
    return stopping;
  };
  try {
    child.send({ kind: 'start', ...start });
    const { url } = await answer(child, LOAD_SERVER_MESSAGE.listening, START_LIMIT_MS);
    if (child.pid === undefined) throw new Error('Expected a running server, got no process.');
    return {
      url,
      pid: child.pid,
      look: () => {
        child.send({ kind: 'look' });
        return answer(child, LOAD_SERVER_MESSAGE.figures, ANSWER_LIMIT_MS);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The next message of this shape; rejects where the process ends or says nothing. */
function answer<T>(child: ChildProcess, schema: z.ZodType<T>, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      clearTimeout(limit);
      child.off('message', onMessage).off('exit', onExit).off('error', reject);
      finish();
    };
    const onMessage = (message: unknown): void => {
      const parsed = schema.safeParse(message);
      if (parsed.success) settle(() => resolve(parsed.data));
    };
    const onExit = (code: number | null, signal: string | null): void =>
      settle(() => reject(new Error(`Expected a server, got exit ${code ?? signal}.`)));
    const limit = setTimeout(
      () => settle(() => reject(new Error(`Expected an answer within ${limitMs / 1000} s.`))),
      limitMs,
    );
    child.on('message', onMessage).on('exit', onExit).on('error', reject);
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await exited;
  clearTimeout(limit);
}
