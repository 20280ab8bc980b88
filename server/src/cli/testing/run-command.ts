import { type ChildProcess, spawn } from 'node:child_process';
import { childEnvironment } from '../../config/child-environment.ts';
import { serverProgram } from '../../testing/server-program.ts';

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Each line of the output that is a JSON object. */
  readonly json: readonly Record<string, unknown>[];
}

export interface RunningCommand {
  readonly child: ChildProcess;
  readonly done: Promise<CommandResult>;
  /** Each line of the output so far that is a JSON object. */
  said(): readonly Record<string, unknown>[];
  /** Resolves when the output so far has something, and rejects where it ends without it. */
  shows(text: string): Promise<void>;
}

/** Runs a command as a process of its own, as a shell would. */
export function startCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RunningCommand {
  const child = spawn(process.execPath, [...serverProgram(), ...args], {
    env: childEnvironment({ PARLANCE_URL: '', PARLANCE_TOKEN: '', ...env }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  const look = (): void => {
    for (const watcher of watchers) watcher();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    look();
  });
  const done = new Promise<CommandResult>((resolve) => {
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr, json: jsonOf(stdout) }));
  });
  const shows = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const watcher = (): void => {
        if (!(stdout + stderr).includes(text)) return;
        watchers.delete(watcher);
        resolve();
      };
      watchers.add(watcher);
      watcher();
      void done.then(() =>
        reject(new Error(`Expected "${text}", got:\n${stdout}\nand:\n${stderr}`)),
      );
    });
  return { child, done, said: () => jsonOf(stdout), shows };
}

export async function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return await startCommand(args, env).done;
}

function jsonOf(stdout: string): Record<string, unknown>[] {
  return (
    stdout
      .split('\n')
      // A last line that is not whole yet does not count.
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  );
}
