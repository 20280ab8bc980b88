import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * How long nginx does not ask a node again that could not be reached. Short, since a node comes back
 * within seconds; a node that hangs costs one handshake some seconds each time it is over.
 */
export const FAIL_TIMEOUT_S = 5;

export interface BalancerPlace {
  /** What nginx listens on. */
  readonly host: string;
  readonly port: number;
  /** PEM files; plain HTTP without. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Where the nodes listen, on this machine. */
  readonly nodePorts: readonly number[];
}

/** Writes what nginx reads into `folder`: nginx.conf as it is, and the two files that differ. */
export async function writeBalancerFiles(
  folder: string,
  template: string,
  place: BalancerPlace,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await copyFile(template, join(folder, 'nginx.conf'));
  await writeFile(join(folder, 'upstreams.conf'), upstreamsConf(place));
  await writeFile(join(folder, 'listen.conf'), listenConf(place));
}

function upstreamsConf({ nodePorts }: BalancerPlace): string {
  return nodePorts
    .map((port) => `server 127.0.0.1:${port} max_fails=1 fail_timeout=${FAIL_TIMEOUT_S}s;\n`)
    .join('');
}

function listenConf({ host, port, tls }: BalancerPlace): string {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  // All addresses are those of both kinds, as for a node that is told so.
  const kinds = host === '::' ? ' ipv6only=off' : '';
  if (tls === undefined) return `listen ${address}${kinds};\n`;
  return [
    `listen ${address} ssl${kinds};`,
    `ssl_certificate ${quoted(tls.cert)};`,
    `ssl_certificate_key ${quoted(tls.key)};`,
    '',
  ].join('\n');
}

function quoted(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&')}"`;
}
