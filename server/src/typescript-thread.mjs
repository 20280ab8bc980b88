import { register } from 'tsx/esm/api';

// Entry of a worker thread whose module, the first argument, is TypeScript (see worker-thread.ts).
register();
await import(String(process.argv[2]));
