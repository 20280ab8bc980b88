import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CAC } from 'cac';
import { type Logger, pino } from 'pino';
import { AppError } from '../../../shared/errors.ts';
import { type Application, type ApplicationOptions, createApplication } from '../app.ts';
import { readSettings, type Settings } from '../config/settings.ts';
import { lanAddresses, lanIdentity } from '../lan/lan-identity.ts';
import { withListening } from './listening.ts';
import { serveBanner, speakerLinks } from './serve-banner.ts';
import { typedOption } from './usage.ts';

const ALL_ADDRESSES = '0.0.0.0';

interface ServeOptions {
  host?: string;
  port?: string | number;
  lan?: boolean;
  json?: boolean;
}

/** Adds `parlance serve`. */
export function registerServe(cli: CAC): void {
  cli
    .command('serve', 'Start the server and the page')
    .option('--host <address>', 'Address to listen on (HOST)')
    .option('--port <number>', 'Port to listen on, 0 for any free one (PORT)')
    .option('--lan', 'Reachable from this network: self-signed certificate and a key')
    .option('--json', 'Print one JSON object when listening, for other programs')
    .action((options: ServeOptions) => {
      // cac reads 127 or 007 as a number: what was typed is what counts.
      const host = typedOption(cli, 'host');
      return serve({ ...options, ...(host === undefined ? {} : { host }) });
    });
}

async function serve(options: ServeOptions): Promise<void> {
  const settings = withListening(readSettings(), options);
  const log = pino({ level: settings.LOG_LEVEL }, pino.destination(2));
  const lan = options.lan === true ? await lanSettings(settings) : null;
  const application = await createApplication({
    settings: lan?.settings ?? settings,
    log,
    pageFolder: pageFolder(),
    ...((await tlsOf(settings)) ?? lan?.tls ?? {}),
  });
  leaveOnSignals(application, settings.DRAIN_TIMEOUT * 1000, log);
  if (options.json === true) {
    const { url, port, warnings } = application;
    const links = speakerLinks(application, lan);
    process.stdout.write(`${JSON.stringify({ type: 'listening', url, port, links, warnings })}\n`);
  } else {
    process.stdout.write(serveBanner(application, lan));
  }
}

/** What `--lan` adds: all addresses, a certificate that names them, and a key for speaking. */
async function lanSettings(settings: Settings) {
  const addresses = lanAddresses();
  const identity = await lanIdentity(join(settings.DATA_DIR, 'lan'), addresses);
  return {
    addresses,
    fingerprint: identity.fingerprint,
    accessKey: settings.ACCESS_KEY ?? identity.accessKey,
    settings: {
      ...settings,
      HOST: ALL_ADDRESSES,
      ACCESS_KEY: settings.ACCESS_KEY ?? identity.accessKey,
    },
    tls: { tls: { cert: identity.certificate, key: identity.privateKey } },
  };
}

async function tlsOf({
  TLS_CERT,
  TLS_KEY,
}: Settings): Promise<Pick<ApplicationOptions, 'tls'> | null> {
  if (TLS_CERT === undefined || TLS_KEY === undefined) return null;
  try {
    const [cert, key] = await Promise.all([readFile(TLS_CERT, 'utf8'), readFile(TLS_KEY, 'utf8')]);
    return { tls: { cert, key } };
  } catch (error) {
    throw new AppError('invalid_setting', 'Expected readable files at TLS_CERT and TLS_KEY.', {
      cause: error,
    });
  }
}

/** The built page beside the built server, or where a build from sources puts it. */
function pageFolder(): string | null {
  for (const path of ['../../../../page', '../../../dist/page']) {
    const folder = fileURLToPath(new URL(path, import.meta.url));
    if (existsSync(join(folder, 'index.html'))) return folder;
  }
  return null;
}

/**
 * The first signal drains, within the limit; the second ends the process at once. At the limit it ends
 * too, whatever is still closing: everybody was sent on, and what was acknowledged is stored.
 */
function leaveOnSignals(application: Application, limitMs: number, log: Logger): void {
  let leaving = false;
  const leave = (): void => {
    if (leaving) process.exit(1);
    leaving = true;
    const limit = setTimeout(() => {
      log.warn({ limitMs }, 'closing took longer than DRAIN_TIMEOUT');
      process.exit(0);
    }, limitMs);
    limit.unref();
    application
      .drain()
      .then(() => application.close())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  };
  process.on('SIGINT', leave);
  process.on('SIGTERM', leave);
  // The terminal was closed.
  process.on('SIGHUP', leave);
  // Whoever started this process over a channel is gone.
  if (process.connected) process.on('disconnect', leave);
}
