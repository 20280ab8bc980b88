import { type Browser, chromium } from 'playwright';
import { findChromium, thisMachine } from '../../scripts/setup/probe.mjs';
import { projectRoot } from '../../server/src/testing/speech-corpus.ts';

/** A name that is neither https nor localhost: what a phone sees without a certificate. */
export const INSECURE_HOST = 'parlance.test';

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
];

export interface BrowserMicrophone {
  /** What is heard, once; the browser's own beeps without it. */
  recording?: string;
  /** Whether every page may listen without asking. */
  allowed: boolean;
}

/** A browser without a screen, and without a microphone unless one is described. */
export function launchBrowser(microphone?: BrowserMicrophone): Promise<Browser> {
  const executablePath = findChromium(thisMachine(projectRoot()));
  return chromium.launch({
    args: [...QUIET, ...microphoneFlags(microphone)],
    ...(executablePath === null ? {} : { executablePath }),
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
