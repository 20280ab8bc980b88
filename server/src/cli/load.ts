import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { CAC } from 'cac';
import { readCliConfig } from '../config/cli-config.ts';
import { describeLoad, LOAD_TYPES, loadReport } from '../load/load-report.ts';
import { loadServer } from '../load/load-server.ts';
import { LoadTally } from '../load/load-tally.ts';
import { checkServer } from '../load/server-check.ts';
import { INTERRUPTED_EXIT_CODE, Interruption } from './interruption.ts';
import { type LoadFlags, type LoadOptions, readLoadOptions } from './load-options.ts';
import { addServerOptions } from './server-options.ts';

const NANOSECONDS_PER_MS = 1e6;
const MICROSECONDS_PER_MS = 1e3;
/** How often timers are looked at; what is measured begins with it. */
const LATENESS_STEP_MS = 10;

/** Adds `parlance load --type live --users 50`. */
export function registerLoad(cli: CAC): void {
  const command = cli
    .command('load', 'Load a server with many users, and tell how it fares')
    .option('--type <type>', `What users do: ${LOAD_TYPES.join(', ')}`)
    .option('--users <count>', 'How many at the same time (50)')
    .option('--requests <count>', 'End after so many sessions, visits or requests in all')
    .option('--seconds <seconds>', 'End after so long (30 without --requests)')
    .option('--arrivals <seconds>', 'Users arrive within this time (200 a second)')
    .option('--key <key>', 'The same as --token')
    .option('--room <room>', 'watch: a room where somebody speaks; else one speaker comes along')
    .option('--language <language>', 'watch: language to read in (as spoken)')
    .option('--from <language>', 'live: spoken language (en)')
    .option('--to <languages>', 'live: translations that each speaker reads, for example es,ca')
    .option('--file <file>', 'live, watch: what is said (a clip of ten seconds, again and again)')
    .option('--permitted', 'The operator of a server elsewhere has agreed to be loaded')
    .option('--json', 'Print one JSON object')
    .example('  parlance load --type live --users 50 --seconds 60');
  addServerOptions(command).action((flags: LoadFlags) => load(readLoadOptions(cli, flags)));
}

/** The exit code is 1 where anything failed that the server had not refused by name. */
async function load(options: LoadOptions): Promise<number> {
  const { address, permitted, plan, type } = options;
  const { url, token: key, socketOptions: tls } = address;
  await checkServer({ url, key, tls, permitted });
  const interruption = new Interruption();
  const tally = new LoadTally();
  const lateness = monitorEventLoopDelay({ resolution: LATENESS_STEP_MS });
  lateness.enable();
  const beganAt = performance.now();
  const cpuBefore = process.cpuUsage();
  try {
    const { ffmpegBin } = readCliConfig();
    const elapsedMs = await loadServer(options, tally, interruption.signal, ffmpegBin);
    const { user, system } = process.cpuUsage(cpuBefore);
    const interrupted = interruption.signal.aborted;
    const report = loadReport(tally, {
      ...{ of: type, url, users: plan.users, elapsedMs, interrupted },
      cores: (user + system) / MICROSECONDS_PER_MS / (performance.now() - beganAt),
      lateMs: Math.max(0, lateness.percentile(99) / NANOSECONDS_PER_MS - LATENESS_STEP_MS),
    });
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : describeLoad(report));
    if (interrupted) return INTERRUPTED_EXIT_CODE;
    return report.failed > 0 ? 1 : 0;
  } finally {
    lateness.disable();
    interruption.close();
  }
}
