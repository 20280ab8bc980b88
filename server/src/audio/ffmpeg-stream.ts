import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import prism from 'prism-media';
import { AppError } from '../../../shared/errors.ts';
import { SHELL_NOT_FOUND, withinMemory } from './ffmpeg-limits.ts';

/** What is kept of the end of FFmpeg's complaints, for the cause of an error. */
const COMPLAINT_LIMIT = 2000;
/** A process that was sent SIGKILL and is not gone after this long hangs in the kernel. */
const KILL_LIMIT_MS = 5000;
/** File descriptors that Node needs for a moment to start a process with three pipes, and some more. */
const DESCRIPTORS_TO_START = 16;

export interface FfmpegExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Why it could not even be started. */
  error: Error | null;
  /** The end of what it wrote to stderr. */
  complaint: string;
}

/**
 * One FFmpeg process of prism-media's, without its Duplex, which neither ends nor fails reliably:
 * read `output`, write `input`, watch `exited`. The owner calls {@link FfmpegStream.kill} in the end.
 */
export class FfmpegStream {
  readonly pid: number | undefined;
  /** Failures to write show up in `exited` alone. */
  readonly input: Writable;
  readonly output: Readable;
  /** Settles when the process is gone and all of its output was read. Never rejects. */
  readonly exited: Promise<FfmpegExit>;
  readonly #process: ChildProcess;
  #gone = false;

  /**
   * `args` with an input (-i) and without the output, which is always stdout. `maxMemoryMb` bounds
   * its memory where the system can. Throws `decoder_failed`.
   */
  constructor(command: string, args: readonly string[], maxMemoryMb?: number) {
    const limited =
      maxMemoryMb === undefined ? { command, args } : withinMemory(command, args, maxMemoryMb);
    this.#process = startProcess(limited.command, limited.args);
    const { stdin, stdout, stderr, pid } = this.#process;
    if (stdin === null || stdout === null || stderr === null) {
      throw new AppError('decoder_failed', 'Expected FFmpeg with three pipes, got fewer.');
    }
    this.pid = pid;
    this.input = stdin;
    this.output = stdout;
    let complaint = '';
    stderr.setEncoding('utf8');
    // Unread complaints would block FFmpeg at 64 KB.
    stderr.on('data', (text: string) => {
      complaint = (complaint + text).slice(-COMPLAINT_LIMIT);
    });
    // EPIPE and the like: the exit tells more.
    stdin.on('error', () => {});
    stdout.on('error', () => {});
    let error: Error | null = null;
    this.exited = new Promise((resolve) => {
      this.#process.on('error', (cause) => {
        error ??= cause;
      });
      this.#process.on('close', (code, signal) => {
        this.#gone = true;
        if (maxMemoryMb !== undefined && code === SHELL_NOT_FOUND) error ??= notFound(command);
        resolve({ code, signal, error, complaint });
      });
    });
  }

  /**
   * Kills at once and resolves when the process is gone; what it still had to say is lost. FFmpeg
   * ignores SIGTERM while it waits for input, so nothing gentler is tried. Idempotent.
   */
  async kill(): Promise<void> {
    if (this.#gone) return;
    this.#process.kill('SIGKILL');
    // `exited` waits for the output to end, and it does not end unread.
    this.input.destroy();
    this.output.destroy();
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, KILL_LIMIT_MS);
    });
    await Promise.race([this.exited, limit]);
    clearTimeout(timer);
  }
}

/** A word on why FFmpeg went, for an error's cause. */
export function describeExit({ code, signal, error, complaint }: FfmpegExit): Error {
  const how = error === null ? `code ${code ?? 'none'}, signal ${signal ?? 'none'}` : error.message;
  return new Error(`FFmpeg ended (${how}). ${complaint}`.trim());
}

function startProcess(command: string, args: readonly string[]): ChildProcess {
  // prism-media looks for a program by itself, with a blocking call, and knows no setting. It asks
  // this method synchronously while it starts the process.
  prism.FFmpeg.getInfo = () => ({ command, info: '', output: '', version: '' });
  // Without file descriptors Node makes a process without pipes, prism-media throws on it, and the
  // 'error' that follows would end the server: nobody but this channel gets hold of that process.
  const adopt = (message: unknown): void => {
    childOf(message)?.on('error', () => {});
  };
  subscribe('child_process', adopt);
  try {
    checkDescriptors();
    const stream = new prism.FFmpeg({ args: [...args] });
    stream.on('error', () => {});
    return stream.process;
  } catch (cause) {
    throw new AppError('decoder_failed', 'FFmpeg could not be started.', { cause });
  } finally {
    unsubscribe('child_process', adopt);
  }
}

/** As Node itself says it, where no shell stands between. */
function notFound(command: string): Error {
  return Object.assign(new Error(`spawn ${command} ENOENT`), { code: 'ENOENT' });
}

/** Throws without enough file descriptors. Node would try, fail, and never close those it took. */
function checkDescriptors(): void {
  const held: number[] = [];
  try {
    while (held.length < DESCRIPTORS_TO_START) held.push(openSync(devNull, 'r'));
  } finally {
    for (const descriptor of held) closeSync(descriptor);
  }
}

function childOf(message: unknown): ChildProcess | null {
  if (typeof message !== 'object' || message === null || !('process' in message)) return null;
  const { process } = message;
  return typeof process === 'object' && process !== null && 'on' in process
    ? (process as ChildProcess)
    : null;
}
