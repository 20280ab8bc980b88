import { constants } from 'node:fs';
import { access, mkdir, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import type { Finding } from './finding.ts';

/** Below this much free space a running server gets into trouble within hours. */
const LOW_DISK_BYTES = 1_000_000_000;
/** Another Parlance answers within this. */
const ANSWER_MS = 2_000;

/** Whether a folder, or the nearest one above it that exists, can be written to; and its space. */
export async function checkFolder(
  id: string,
  title: string,
  path: string,
  setting: string,
): Promise<Finding> {
  const base = { id, title };
  const existing = await nearestExisting(path);
  try {
    await access(existing, constants.W_OK | constants.X_OK);
    // A file in the way shows only when a folder is made; one that is there is left as it is.
    if (existing === path) await mkdir(path, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return {
      ...base,
      level: 'fail',
      found: `${path} cannot be written to (${code})`,
      meaning: `Parlance keeps ${title === 'Cache folder' ? 'its models' : 'what is said'} there.`,
      mend: `chown "$(id -un)" ${existing}   (or set ${setting} to another folder)`,
    };
  }
  const disk = await statfs(existing);
  const free = disk.bavail * disk.bsize;
  const found = `${path}, ${gigabytes(free)} free`;
  if (free >= LOW_DISK_BYTES) return { ...base, level: 'ok', found };
  const meaning = 'When the disk is full, nothing said can be kept and speaking stops.';
  return { ...base, level: 'warn', found, meaning, mend: `free some space, or set ${setting}` };
}

/** Whether the server could listen, or does so already. */
export async function checkPort(host: string, port: number): Promise<Finding> {
  const base = { id: 'port', title: 'Port' };
  if (port === 0) return { ...base, level: 'ok', found: `${host}, any free port` };
  const refusal = await tryListen(host, port);
  if (refusal === null) return { ...base, level: 'ok', found: `${host}:${port} is free` };
  if (refusal === 'EADDRINUSE' && (await isParlance(port))) {
    return { ...base, level: 'ok', found: `${host}:${port}: Parlance is running there` };
  }
  const words =
    refusal === 'EADDRINUSE' ? 'another program listens there' : `not allowed (${refusal})`;
  return {
    ...base,
    level: 'warn',
    found: `${host}:${port}: ${words}`,
    meaning: 'The server cannot start on this port, but it can on another.',
    mend: `npm start -- --port ${port < 1024 ? 8080 : port + 1}`,
  };
}

function tryListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

async function isParlance(port: number): Promise<boolean> {
  try {
    const url = `http://127.0.0.1:${port}/api/v1/info`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    const info: unknown = await answer.json();
    return (info as { name?: unknown } | null)?.name === 'parlance';
  } catch {
    // Whatever listens there speaks otherwise: it is another program.
    return false;
  }
}

async function nearestExisting(path: string): Promise<string> {
  for (let folder = path; ; folder = dirname(folder)) {
    const there = await access(folder).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
    );
    if (there || folder === dirname(folder)) return folder;
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}
