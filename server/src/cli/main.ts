import { type CAC, cac } from 'cac';
import { VERSION } from '../version.ts';
import { reportError } from './report-error.ts';
import { UsageError } from './usage.ts';

/**
 * The command line. Each command registers itself; only the module of the one that is asked for is
 * loaded, because the server's engines take a while and the others do without them.
 */
const COMMANDS: Record<string, () => Promise<(cli: CAC) => void>> = {
  serve: async () => (await import('./serve.ts')).registerServe,
  speak: async () => (await import('./speak.ts')).registerSpeak,
  watch: async () => (await import('./watch.ts')).registerWatch,
  models: async () => (await import('./models.ts')).registerModels,
  doctor: async () => (await import('./doctor.ts')).registerDoctor,
};

/** Runs one command; what it returns is the exit code, and without one the process goes on. */
async function run(argv: readonly string[]): Promise<number | undefined> {
  const cli = cac('parlance');
  const asked = argv.slice(2).find((arg) => !arg.startsWith('-'));
  const known = asked !== undefined && Object.hasOwn(COMMANDS, asked);
  for (const [name, load] of Object.entries(COMMANDS)) {
    if (!known || name === asked) (await load())(cli);
  }
  cli.help();
  cli.version(VERSION);
  cli.parse([...argv], { run: false });
  if (cli.options.help === true || (cli.options.version === true && !known)) return 0;
  if (cli.matchedCommand === undefined) {
    if (asked === undefined) cli.outputHelp();
    throw new UsageError(
      `Expected a command out of ${Object.keys(COMMANDS).join(', ')}, got ${asked === undefined ? 'none' : `"${asked}"`}.`,
    );
  }
  const exitCode: unknown = await cli.runMatchedCommand();
  return typeof exitCode === 'number' ? exitCode : undefined;
}

/** Ends the process once everything printed is out; connections may need half a minute to close. */
function leave(exitCode: number): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
}

// Whoever reads the output may stop reading ("| head"): no error, only the end.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

run(process.argv).then(
  (exitCode) => {
    if (exitCode !== undefined) leave(exitCode);
  },
  (error: unknown) => {
    const { text, exitCode } = reportError(error);
    process.stderr.write(`${text}\n`);
    leave(exitCode);
  },
);
