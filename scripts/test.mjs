import { requireNode } from './setup/node-version.mjs';

requireNode();
void import('./setup/run-tests.mjs').then(({ runTests }) => runTests(process.argv.slice(2)));
