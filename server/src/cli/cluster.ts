import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CAC } from 'cac';
import { type Logger, pino } from 'pino';
import { AppError } from '../../../shared/errors.ts';
import { type Cluster, clusterFolder, startCluster } from '../cluster/start-cluster.ts';
import { readSettings, type Settings } from '../config/settings.ts';
import { findProjectRoot } from '../doctor/install-checks.ts';
import { folderHolder } from '../store/data-folder-lock.ts';
import { clusterBanner, clusterNews } from './cluster-banner.ts';
import { withListening } from './listening.ts';
import { typedOption, UsageError } from './usage.ts';

const DEFAULT_NODES = 3;
const MAX_NODES = 32;
/** Asks a running cluster for a rolling restart, wherever it was started. */
const RESTART_SIGNAL = 'SIGUSR2';

interface ClusterFlags {
  nodes?: string | number;
  host?: string;
  port?: string | number;
  json?: boolean;
}

/** Adds `parlance cluster`. */
export function registerCluster(cli: CAC): void {
  cli
    .command('cluster [action]', 'Start several nodes behind nginx on this machine')
    .option('--nodes <count>', `How many nodes (default ${DEFAULT_NODES})`)
    .option('--host <address>', 'Address to listen on (HOST)')
    .option('--port <number>', 'Port to listen on, 0 for any free one (PORT)')
    .option('--json', 'Print JSON lines, for other programs')
    .example('parlance cluster restart   restarts one node after the other, losing nothing')
    .action((action: string | undefined, flags: ClusterFlags) => {
      const host = typedOption(cli, 'host');
      return run(action, { ...flags, ...(host === undefined ? {} : { host }) });
    });
}

async function run(action: string | undefined, flags: ClusterFlags): Promise<number | undefined> {
  const settings = withListening(readSettings(), flags);
  if (action === 'restart') return await restart(settings);
  if (action !== undefined) {
    throw new UsageError(
      `Expected "parlance cluster" or "parlance cluster restart", got "${action}".`,
    );
  }
  const log = pino({ level: settings.LOG_LEVEL }, pino.destination(2));
  const json = flags.json === true;
  const cluster = await startCluster({
    settings,
    nodes: nodeCount(flags.nodes),
    program: [...process.execArgv, process.argv[1] ?? ''],
    nginxConf: nginxConf(),
    report: (event) => process.stdout.write(clusterNews(event, json)),
    log,
  });
  obeySignals(cluster, log);
  process.stdout.write(clusterBanner(cluster, json));
  return undefined;
}

/** Tells the cluster that uses this data folder; its own output says how it goes. */
async function restart(settings: Settings): Promise<number> {
  const pid = await folderHolder(clusterFolder(settings));
  if (pid === null) {
    throw new AppError(
      'server_unreachable',
      `Expected a running cluster with the data folder ${settings.DATA_DIR}, got none.`,
    );
  }
  process.kill(pid, RESTART_SIGNAL);
  process.stdout.write(`Process ${pid} restarts its nodes one by one; its own output tells how.\n`);
  return 0;
}

function nodeCount(nodes: string | number = DEFAULT_NODES): number {
  const count = Number(nodes);
  if (Number.isInteger(count) && count >= 1 && count <= MAX_NODES) return count;
  throw new UsageError(`Expected --nodes 1 to ${MAX_NODES}, got "${nodes}".`);
}

function nginxConf(): string {
  const root = findProjectRoot(fileURLToPath(import.meta.url));
  if (root === null) throw new Error("Expected to run in Parlance's own folder, got another.");
  return join(root, 'nginx.conf');
}

/** The first signal drains all nodes, the second ends everything at once. */
function obeySignals(cluster: Cluster, log: Logger): void {
  let leaving = false;
  const leave = (): void => {
    if (leaving) process.exit(1);
    leaving = true;
    cluster.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  const restartAll = (): void => {
    cluster
      .rollingRestart()
      .catch((error: Error) => log.error(`The rolling restart stopped: ${error.message}`));
  };
  process.on('SIGINT', leave);
  process.on('SIGTERM', leave);
  process.on(RESTART_SIGNAL, restartAll);
  // At a terminal it means that this was closed; a service is asked by it to begin anew.
  process.on('SIGHUP', process.stdout.isTTY ? leave : restartAll);
}
