import { type CAC, cac } from 'cac';
import { VERSION } from '../version.ts';
import { UsageError } from './usage.ts';

/**
 * Each command registers itself. Only the module of the one that is asked for is loaded, because
 * the server's engines take a while and the other commands do without them.
 */
const COMMANDS: Readonly<Record<string, () => Promise<(cli: CAC) => void>>> = {
  serve: async () => (await import('./serve.ts')).registerServe,
  cluster: async () => (await import('./cluster.ts')).registerCluster,
  speak: async () => (await import('./speak.ts')).registerSpeak,
  watch: async () => (await import('./watch.ts')).registerWatch,
  load: async () => (await import('./load.ts')).registerLoad,
  keys: async () => (await import('./keys.ts')).registerKeys,
  models: async () => (await import('./models.ts')).registerModels,
  doctor: async () => (await import('./doctor.ts')).registerDoctor,
};

/**
 * Runs one command of a whole `process.argv`. Resolves with the exit code, or with undefined where
 * the process is to go on until it has nothing left to do.
 */
export async function runCommandLine(argv: readonly string[]): Promise<number | undefined> {
  const words = argv.slice(2).filter((arg) => !arg.startsWith('-'));
  const asked = words.find((word) => Object.hasOwn(COMMANDS, word));
  if (asked === undefined && words[0] !== undefined) throw noCommand(`"${words[0]}"`);
  const cli = cac('parlance');
  for (const [name, load] of Object.entries(COMMANDS)) {
    if (asked === undefined || asked === name) (await load())(cli);
  }
  cli.help();
  cli.version(VERSION);
  cli.parse([...argv], { run: false });
  if (cli.options.help === true || (cli.options.version === true && asked === undefined)) return 0;
  if (cli.matchedCommand === undefined) {
    if (asked === undefined) cli.outputHelp();
    throw noCommand(asked === undefined ? 'none' : `"${words[0]}"`);
  }
  const exitCode: unknown = await cli.runMatchedCommand();
  return typeof exitCode === 'number' ? exitCode : undefined;
}

function noCommand(got: string): UsageError {
  const known = Object.keys(COMMANDS).join(', ');
  return new UsageError(`Expected a command out of ${known}, got ${got}.`);
}
