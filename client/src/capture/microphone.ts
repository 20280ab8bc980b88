import type { AudioSource } from './audio-source.ts';
import { CaptureError, microphoneError } from './capture-error.ts';
import { openStreamSource } from './stream-source.ts';

export interface MicrophoneOptions {
  /** From {@link listMicrophones}; the browser's default without it. */
  deviceId?: string;
  /** Whether the browser may reduce noise and echo and even out the level. */
  cleanUp: boolean;
}

export interface Microphone {
  deviceId: string;
  label: string;
}

/** Asks for the microphone; rejects with a {@link CaptureError} that says why not. */
export async function openMicrophone(options: MicrophoneOptions): Promise<AudioSource> {
  const { cleanUp, deviceId } = options;
  let stream: MediaStream;
  try {
    stream = await mediaDevices().getUserMedia({
      audio: {
        ...(deviceId === undefined ? {} : { deviceId: { ideal: deviceId } }),
        channelCount: { ideal: 1 },
        echoCancellation: cleanUp,
        noiseSuppression: cleanUp,
        autoGainControl: cleanUp,
      },
    });
  } catch (cause) {
    throw cause instanceof CaptureError ? cause : microphoneError(cause);
  }
  return openStreamSource({ kind: 'microphone', stream, lostCode: 'microphone_lost' });
}

/** Microphones by name; empty where the browser tells nothing before permission. */
export async function listMicrophones(): Promise<Microphone[]> {
  if (!navigator.mediaDevices) return [];
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter(({ kind, deviceId, label }) => kind === 'audioinput' && deviceId !== '' && label !== '')
    .map(({ deviceId, label }) => ({ deviceId, label }));
}

/** The browser's devices, which exist only where a page came over https or from this machine. */
export function mediaDevices(): MediaDevices {
  if (!window.isSecureContext) {
    throw new CaptureError('insecure_context', 'Expected a secure context, got plain http.');
  }
  if (!navigator.mediaDevices?.getUserMedia || typeof AudioWorkletNode === 'undefined') {
    throw new CaptureError('browser_unsupported', 'Expected media devices, got none.');
  }
  return navigator.mediaDevices;
}
