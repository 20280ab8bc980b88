import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright';

/** Where distributions put it; otherwise the one that Playwright has installed is used. */
const CHROMIUM_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser without a screen; `recording` is what its microphone hears, once. */
export function launchBrowser(recording?: string): Promise<Browser> {
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
    args: [...QUIET, ...microphone],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
}
