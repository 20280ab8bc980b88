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
  // A name that is neither https nor localhost: what a phone sees without a certificate.
  '--host-resolver-rules=MAP parlance.test 127.0.0.1',
];

export interface BrowserMicrophone {
  /** What is heard, once; the browser's own beeps without it. */
  recording?: string;
  /** Whether every page may listen without asking. */
  allowed: boolean;
}

/** A browser without a screen, and without a microphone unless one is described. */
export function launchBrowser(microphone?: BrowserMicrophone): Promise<Browser> {
  const executablePath = CHROMIUM_PATHS.find((path) => existsSync(path));
  return chromium.launch({
    args: [...QUIET, ...microphoneFlags(microphone)],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
}

function microphoneFlags(microphone?: BrowserMicrophone): string[] {
  if (microphone === undefined) return [];
  const { recording, allowed } = microphone;
  return [
    '--use-fake-device-for-media-stream',
    ...(allowed ? ['--use-fake-ui-for-media-stream'] : []),
    ...(recording === undefined ? [] : [`--use-file-for-fake-audio-capture=${recording}%noloop`]),
  ];
}
