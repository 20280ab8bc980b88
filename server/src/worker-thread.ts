import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a worker thread from a module beside the caller: `name` without its ending, `base` the
 * caller's `import.meta.url`. The name is the thread's last argument, for {@link nameThread}. From
 * TypeScript sources (tests) the thread loads through tsx.
 */
export function startWorkerThread(name: string, base: string, options: WorkerOptions): Worker {
  if (!base.endsWith('.ts')) {
    return new Worker(new URL(`${name}.js`, base), { ...options, argv: [name] });
  }
  // `--import tsx` among execArgv does nothing inside a worker thread.
  const loader = new URL('./typescript-thread.mjs', import.meta.url);
  return new Worker(loader, { ...options, argv: [new URL(`${name}.ts`, base).href, name] });
}
