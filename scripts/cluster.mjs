import { requireNode } from './setup/node-version.mjs';

// Everything newer than the oldest Node comes after the check.
requireNode();
void import('./setup/start-server.mjs').then(({ startServer }) =>
  startServer('cluster', process.argv.slice(2)),
);
