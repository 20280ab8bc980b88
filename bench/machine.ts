import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../server/src/testing/speech-corpus.ts';

/** What a benchmark ran on: figures mean nothing without it. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Mean number of running processes over the last minute, before the benchmark began. */
  readonly loadAtStart: number;
}

/** Packages whose version moves the figures. */
const TOLD_PACKAGES = ['onnxruntime-node', 'socket.io', 'prism-media', 'ioredis'];
const BYTES_PER_GB = 1024 ** 3;

export function describeMachine(): Machine {
  const root = projectRoot();
  const versions: Record<string, string> = { parlance: packageVersion(root) };
  for (const name of TOLD_PACKAGES) {
    versions[name] = packageVersion(join(root, 'node_modules', name));
  }
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / BYTES_PER_GB),
    system: `${platform()} ${release()}`,
    node: process.version,
    versions,
    loadAtStart: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

/** The machine in one paragraph. */
export function machineLines(machine: Machine): string {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}`,
    `node ${machine.node}, ${versions.join(', ')}`,
    `load average at start ${machine.loadAtStart}`,
  ].join('\n');
}

function packageVersion(folder: string): string {
  const parsed: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof parsed === 'object' && parsed !== null && 'version' in parsed) {
    return String(parsed.version);
  }
  return 'unknown';
}
