import type { SessionVerdict } from '../judge/judge-session.ts';
import { Gathering } from './gathering.ts';
import type { Speech } from './speech.ts';

/**
 * The same speech once more, as fast as the link takes it and with nothing broken: cuts and words
 * do not depend on the pace (INV9). Up to a frame, or to its end.
 */
export async function speakUndisturbed(
  speech: Speech,
  url: string,
  signal: AbortSignal,
  until = speech.packets.length,
): Promise<SessionVerdict> {
  const options = { speakerUrl: url, viewerUrls: [url], translations: [], signal };
  const gathering = await Gathering.start(speech, options);
  try {
    await gathering.speaker.speak({ speed: 'fast', until }, signal);
    return await gathering.finish();
  } finally {
    gathering.close();
  }
}
