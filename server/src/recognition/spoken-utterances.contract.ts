import { findSpeech, ownClip } from '../../../e2e/support/clip.ts';
import { SAMPLE_RATE } from '../../../shared/limits.ts';
import { readSettings } from '../config/settings.ts';
import { findModel } from '../models/catalogue.ts';
import { ModelStore } from '../models/model-store.ts';
import { readAudio } from '../testing/read-audio.ts';
import type { RecognizerFixtures } from './recognizer.contract.ts';

/** A pause in the project's own clip, and the words around it. */
const OWN_CLIP_PAUSE_S = 4.2;
const OWN_CLIP_LAST_WORD = 'concerned,';
/** Short enough for every recogniser, and enough words for a rate. */
const CORPUS_CLIPS = 6;
const MAX_SECONDS = 8;

/** Real speech for the contract: the project's own clip, and the corpus where it is. */
export async function loadSpokenUtterances(): Promise<RecognizerFixtures> {
  const own = ownClip();
  const samples = await readAudio(own.path);
  const pause = OWN_CLIP_PAUSE_S * SAMPLE_RATE;
  const split = own.reference.indexOf(OWN_CLIP_LAST_WORD) + OWN_CLIP_LAST_WORD.length;
  const corpus = findSpeech()
    .filter(
      ({ origin, seconds, id }) =>
        origin === 'corpus' && seconds < MAX_SECONDS && id.startsWith('ls-tc'),
    )
    .slice(0, CORPUS_CLIPS);
  return {
    utterances: [
      { samples: samples.subarray(0, pause), reference: own.reference.slice(0, split) },
      { samples: samples.subarray(pause), reference: own.reference.slice(split) },
      ...(await Promise.all(
        corpus.map(async ({ path, reference }) => ({ samples: await readAudio(path), reference })),
      )),
    ],
    maxWordErrorRate: 0.15,
  };
}

/** Where `parlance models fetch` puts the model; throws saying so where it is not there. */
export function requireMoonshine(): Promise<string> {
  const store = new ModelStore(readSettings().PARLANCE_CACHE);
  return store.require(findModel('moonshine-tiny-en'));
}
