import { chaosCommand } from './command.ts';

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort(new Error('Interrupted.')));
process.once('SIGTERM', () => interrupted.abort(new Error('Interrupted.')));

process.exitCode = await chaosCommand(
  process.argv.slice(2),
  (text) => process.stdout.write(`${text}\n`),
  {
    progress: (line) => process.stderr.write(`${line}\n`),
    signal: interrupted.signal,
  },
);
