import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright';
import { findFfmpeg } from '../../server/src/audio/find-ffmpeg.ts';
import { projectRoot } from '../../server/src/testing/speech-corpus.ts';

/** Where distributions put it; otherwise the one that Playwright has installed is used. */
const CHROMIUM_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const QUIET_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface BrowserOptions {
  /** A WAV file that the microphone hears, once; without one there is no microphone. */
  readonly recording?: string;
  readonly args?: readonly string[];
}

/** A browser of its own, as a second person would have. */
export function launchBrowser({ recording, args = [] }: BrowserOptions = {}): Promise<Browser> {
  const microphone =
    recording === undefined
      ? []
      : [
          '--use-fake-ui-for-media-stream',
          '--use-fake-device-for-media-stream',
          `--use-file-for-fake-audio-capture=${recording}%noloop`,
        ];
  const executablePath = CHROMIUM_PATHS.find((path) => existsSync(path));
  return chromium.launch({
    args: [...QUIET_FLAGS, ...microphone, ...args],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
}

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/** Everything a page did wrong: exceptions, console errors and refused resources. */
export function watchForErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return errors;
}

/** Keeps a picture for whoever wants to look, in e2e/artifacts. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = join(projectRoot(), 'e2e/artifacts');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** A 48 kHz WAV of a recording with a pause before it and silence behind, for a microphone. */
export async function recordingForMicrophone(path: string, folder: string): Promise<string> {
  const wav = join(folder, 'microphone.wav');
  const filter = 'adelay=1500:all=1,apad=pad_dur=4';
  await promisify(execFile)(findFfmpeg(), [
    ...['-nostdin', '-loglevel', 'error', '-y', '-i', path],
    ...['-af', filter, '-ar', '48000', '-ac', '1', wav],
  ]);
  return wav;
}
