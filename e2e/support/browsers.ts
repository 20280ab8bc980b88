import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright';
import { findFfmpeg } from '../../server/src/audio/find-ffmpeg.ts';
import { projectRoot } from '../../server/src/testing/speech-corpus.ts';

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
