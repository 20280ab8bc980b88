import type { CaptureErrorCode } from '../capture/capture-error.ts';
import type { Advice } from './advice.ts';

const ADVICE: Record<CaptureErrorCode, Advice> = {
  insecure_context: {
    title: 'Microphones need a secure address',
    action:
      'Browsers allow a microphone only on pages that came over https, or from this very machine (localhost). Open this page by its https address. An audio file works without it.',
  },
  browser_unsupported: {
    title: 'This browser cannot take up sound',
    action:
      'Update it, or use a current Chrome, Edge, Firefox or Safari. An audio file may still work.',
  },
  microphone_refused: {
    title: 'The microphone is not allowed',
    action:
      'This page was refused the microphone. Allow it with the symbol beside the address, or in the browser’s settings for this site, and try again.',
  },
  microphone_blocked_by_system: {
    title: 'Your system keeps the microphone from the browser',
    action:
      'Open your system’s privacy settings, allow the microphone for this browser, and try again.',
  },
  microphone_missing: {
    title: 'No microphone found',
    action: 'Plug one in or switch your headset on, and try again.',
  },
  microphone_busy: {
    title: 'The microphone is in use',
    action: 'Another program holds it. Close calls and recorders, or choose another microphone.',
  },
  microphone_lost: {
    title: 'The microphone is gone',
    action:
      'It was unplugged or switched off. What you said until then is safe. Plug it in again or choose another one to go on.',
  },
  sound_suspended: {
    title: 'The system took the sound away',
    action: 'A call or another app may hold it. End that, then continue here.',
  },
  tab_unsupported: {
    title: 'This browser cannot share a tab’s sound',
    action: 'Chrome and Edge on a computer can. Here, use the microphone or an audio file.',
  },
  tab_refused: {
    title: 'No tab was shared',
    action: 'Try again, choose a tab, and confirm with “Share”.',
  },
  tab_without_sound: {
    title: 'The tab was shared without its sound',
    action:
      'Try again, choose a browser tab (not a window), and leave “Also share tab audio” switched on.',
  },
  tab_ended: {
    title: 'The tab is no longer shared',
    action:
      'It was closed or sharing was stopped. What was said until then is safe. Share it again to go on.',
  },
  file_unreadable: {
    title: 'This file cannot be played here',
    action:
      'The browser found no sound that it can decode. Try an MP3, WAV, OGG, M4A or FLAC file.',
  },
  file_too_large: {
    title: 'This file is too large for a page',
    action:
      'Files of up to 300 MB work here. Cut it into pieces, or send it with the command line: parlance speak FILE.',
  },
  encoder_failed: {
    title: 'The sound could not be packed for sending',
    action:
      'This browser failed to encode it, or this device is too slow. Reload the page, or use another browser.',
  },
};

/** Plain words for trouble between the sound and its packets. */
export function captureAdvice(code: CaptureErrorCode): Advice {
  return ADVICE[code];
}
