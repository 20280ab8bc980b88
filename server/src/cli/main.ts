import { runCommandLine } from './command-line.ts';
import { reportError } from './report-error.ts';

/** Ends the process once everything printed is out: a dead connection takes half a minute to close. */
function leave(exitCode: number): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
}

// Whoever reads the output may stop reading ("| head"): no error, only the end.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

runCommandLine(process.argv).then(
  (exitCode) => {
    if (exitCode !== undefined) leave(exitCode);
  },
  (error: unknown) => {
    const { text, exitCode } = reportError(error);
    process.stderr.write(`${text}\n`);
    leave(exitCode);
  },
);
