import { requireNode } from './setup/node-version.mjs';

requireNode();
void import('./setup/run-bench.mjs').then(({ runBench }) => runBench(process.argv.slice(2)));
