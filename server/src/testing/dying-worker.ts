import { serveThread } from '../inference/serve-thread.ts';

/** A worker for tests that dies of the first thing it is asked. */
await serveThread(async () => ({
  handle: () => process.exit(3),
  release: async () => {},
}));
