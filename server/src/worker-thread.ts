import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a worker thread from a module beside the caller: `name` without its ending, `base` the
 * caller's `import.meta.url`. From TypeScript sources (tests) the thread loads through tsx.
 */
export function startWorkerThread(name: string, base: string, options: WorkerOptions): Worker {
  const fromSource = base.endsWith('.ts');
  return new Worker(new URL(`${name}${fromSource ? '.ts' : '.js'}`, base), {
    ...options,
    ...(fromSource ? { execArgv: ['--import', 'tsx'] } : {}),
  });
}
