import type { AudioSource } from './audio-source.ts';
import { CaptureError, tabError } from './capture-error.ts';
import { mediaDevices } from './microphone.ts';
import { openStreamSource } from './stream-source.ts';

/** True where this browser can share a tab's sound at all; phones cannot. */
export function canShareTab(): boolean {
  return window.isSecureContext && 'getDisplayMedia' in (navigator.mediaDevices ?? {});
}

/** Asks which tab to listen to; rejects with a {@link CaptureError} that says why not. */
export async function openTabSound(): Promise<AudioSource> {
  let stream: MediaStream;
  try {
    stream = await mediaDevices().getDisplayMedia({
      // Browsers refuse to share sound alone; the picture is dropped at once.
      video: true,
      audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
  } catch (cause) {
    throw cause instanceof CaptureError ? cause : tabError(cause);
  }
  const [audio] = stream.getAudioTracks();
  if (audio === undefined) {
    for (const track of stream.getTracks()) track.stop();
    throw new CaptureError('tab_without_sound', 'Expected a sound track, got only a picture.');
  }
  for (const track of stream.getVideoTracks()) track.enabled = false;
  return openStreamSource({ kind: 'tab', stream, lostCode: 'tab_ended' });
}
