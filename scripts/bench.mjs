import { requireNode } from './setup/node-version.mjs';

requireNode();
void import('./setup/run-built.mjs').then(({ runBuilt }) =>
  runBuilt('bench', process.argv.slice(2)),
);
