import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../../server/src/config/child-environment.ts';
import type { FromGenerator, GeneratorTask } from './generator-messages.ts';
import type { SessionLog } from './session-log.ts';

/** More real clients than this in one process would wait for each other. */
const SPEAKERS_A_PROCESS = 100;

export interface GeneratorProgress {
  readonly speaking: number;
  readonly finals: number;
  readonly worstLagMs: number;
}

export interface GeneratedSpeech {
  /** In the order of the scripts. */
  readonly logs: readonly SessionLog[];
  readonly cpuSeconds: number;
}

/** Speaks every script from processes of their own, so that the server's CPU is its own. */
export async function generateSpeech(
  task: GeneratorTask,
  progress: (all: GeneratorProgress) => void,
  signal: AbortSignal,
): Promise<GeneratedSpeech> {
  const processes = Math.ceil(task.scripts.length / SPEAKERS_A_PROCESS);
  const latest = new Map<number, GeneratorProgress>();
  const parts = await Promise.all(
    Array.from({ length: processes }, (_, part) =>
      runProcess(
        { ...task, scripts: task.scripts.filter((_script, index) => index % processes === part) },
        (each) => {
          latest.set(part, each);
          if (latest.size < processes) return;
          progress(sum([...latest.values()]));
          latest.clear();
        },
        signal,
      ),
    ),
  );
  return {
    logs: task.scripts.flatMap(
      (_, index) => parts[index % processes]?.logs[Math.floor(index / processes)] ?? [],
    ),
    cpuSeconds: parts.reduce((total, { cpuSeconds }) => total + cpuSeconds, 0),
  };
}

async function runProcess(
  task: GeneratorTask,
  progress: (each: GeneratorProgress) => void,
  signal: AbortSignal,
): Promise<GeneratedSpeech> {
  signal.throwIfAborted();
  const child = startProcess();
  const abort = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await new Promise<GeneratedSpeech>((resolve, reject) => {
      child.on('message', (message: FromGenerator) => {
        if (message.kind === 'progress') progress(message);
        else resolve(message);
      });
      child.once('error', reject);
      child.once('exit', (code, how) => {
        reject(
          signal.aborted
            ? signal.reason
            : new Error(`Expected speakers to end with an answer, got exit ${code ?? how}.`),
        );
      });
      child.send(task);
    });
  } finally {
    signal.removeEventListener('abort', abort);
    if (child.connected) child.disconnect();
  }
}

function startProcess(): ChildProcess {
  const source = import.meta.url.endsWith('.ts');
  const main = new URL(`./generator-main${source ? '.ts' : '.js'}`, import.meta.url);
  return fork(fileURLToPath(main), {
    // Typed arrays and numbers of any size travel as they are.
    serialization: 'advanced',
    execArgv: source ? ['--import', 'tsx'] : [],
    env: childEnvironment({}),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

function sum(all: readonly GeneratorProgress[]): GeneratorProgress {
  return {
    speaking: all.reduce((total, { speaking }) => total + speaking, 0),
    finals: all.reduce((total, { finals }) => total + finals, 0),
    worstLagMs: Math.max(0, ...all.map(({ worstLagMs }) => worstLagMs)),
  };
}
