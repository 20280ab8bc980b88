import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { AppError } from '../../../shared/errors.ts';

const PROGRAM = 'ffmpeg';
const ADVICE =
  'Install it ("sudo apt install ffmpeg" on Debian and Ubuntu, "brew install ffmpeg" on macOS), or set FFMPEG_BIN to the full path of an ffmpeg program.';
/** `ffmpeg -version` answers in 0.1 s; a program that takes this long is not FFmpeg. */
const VERSION_LIMIT_MS = 10_000;

/**
 * The FFmpeg to run: `ffmpegBin` (the FFMPEG_BIN setting) and nothing else where it is given,
 * else ffmpeg-static's binary where it was downloaded, else `ffmpeg` on the PATH. Throws
 * `program_missing`, saying what to do.
 */
export function findFfmpeg({ ffmpegBin }: { ffmpegBin?: string | undefined } = {}): string {
  if (ffmpegBin !== undefined && ffmpegBin !== '') {
    if (ffmpegVersion(ffmpegBin) === null) {
      throw new AppError(
        'program_missing',
        `Expected an FFmpeg program at FFMPEG_BIN="${ffmpegBin}", got none that runs. Correct the setting, or remove it to use the one on the PATH.`,
      );
    }
    return ffmpegBin;
  }
  const bundled = staticFfmpeg();
  if (bundled !== null && ffmpegVersion(bundled) !== null) return bundled;
  if (ffmpegVersion(PROGRAM) === null) {
    throw new AppError(
      'program_missing',
      `Expected an ffmpeg program on the PATH, got none that runs. ${ADVICE}`,
    );
  }
  return PROGRAM;
}

/** What the program calls its version, or null where it does not run or is not FFmpeg. Blocks for about 0.1 s. */
export function ffmpegVersion(command: string): string | null {
  const result = spawnSync(command, ['-version'], {
    encoding: 'utf8',
    timeout: VERSION_LIMIT_MS,
    killSignal: 'SIGKILL',
    windowsHide: true,
  });
  if (result.error !== undefined || result.status !== 0) return null;
  return /^ffmpeg version (\S+)/.exec(result.stdout)?.[1] ?? null;
}

/** Where ffmpeg-static put its binary; its package installs without one when there is no internet. */
function staticFfmpeg(): string | null {
  try {
    const path: unknown = createRequire(import.meta.url)('ffmpeg-static');
    if (typeof path !== 'string' || !statSync(path).isFile()) return null;
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    // An optional dependency: without the package or its binary, the PATH is asked.
    return null;
  }
}
