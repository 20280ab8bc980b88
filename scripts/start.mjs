import { requireNode } from './setup/node-version.mjs';

// Everything newer than the oldest Node comes after the check.
requireNode();
void import('./setup/start-server.mjs').then(({ startServer }) =>
  startServer('serve', process.argv.slice(2)),
);
