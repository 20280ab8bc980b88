import { readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { yieldProcessor } from '../yield-processor.ts';

/** Tells its own niceness: the 19th field of its line (proc_pid_stat, manual page). */
yieldProcessor();
const stat = readFileSync('/proc/thread-self/stat', 'utf8');
const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
parentPort?.postMessage(Number(afterName[16]));
