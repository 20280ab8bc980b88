import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LanguageOffer } from '../../../shared/protocol.ts';
import { readSettings } from '../config/settings.ts';
import { startEngines } from '../engines.ts';
import { installModel } from '../testing/marian/install-model.ts';
import { makeCipherModel } from '../testing/marian/make-model.ts';
import {
  granted,
  type ScriptedApplication,
  startRequest,
  startScriptedApplication,
} from '../testing/scripted-application.ts';

const PATIENCE = { timeout: 30_000 };

let folder = '';
let app: ScriptedApplication;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-offers-'));
  // The real engines: Apertium has Spanish from the start, Bergamot once there is a model.
  const { PARLANCE_CACHE } = readSettings();
  app = await startScriptedApplication({ PARLANCE_CACHE, MODELS_DIR: folder }, {}, startEngines);
});

afterEach(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

/** Spanish as it was told last. */
function spanish(told: readonly (readonly LanguageOffer[])[]) {
  return told.at(-1)?.find(({ language }) => language === 'es');
}

test('open pages are told when a model comes and when it goes', async () => {
  const speaker = app.speaker();
  const toSpeaker: (readonly LanguageOffer[])[] = [];
  speaker.on('session:offers', (languages) => toSpeaker.push(languages));
  const { languages } = granted(await speaker.emitWithAck('session:start', startRequest('offers')));
  expect(spanish([languages])).toMatchObject({ engine: 'apertium', quality: 'basic' });

  // One in the speaker's room, and one who waits for a speaker in another.
  const toViewers = await Promise.all(
    ['offers', 'elsewhere'].map(async (room) => {
      const viewer = app.viewer();
      const told: (readonly LanguageOffer[])[] = [];
      viewer.on('room:languages', (languages) => told.push(languages));
      const joined = granted(await viewer.emitWithAck('room:join', { room, language: 'es' }));
      expect(spanish([joined.languages])).toMatchObject({ engine: 'apertium', quality: 'basic' });
      return told;
    }),
  );
  const all = [toSpeaker, ...toViewers];

  const model = await installModel(folder, makeCipherModel({ from: 'en', to: 'es' }));
  for (const told of all) {
    await expect
      .poll(() => spanish(told), PATIENCE)
      .toMatchObject({ engine: 'bergamot', quality: 'neural' });
  }

  await rm(model, { recursive: true });
  for (const told of all) {
    await expect
      .poll(() => spanish(told), PATIENCE)
      .toMatchObject({ engine: 'apertium', quality: 'basic' });
  }
  // Only what its speaker offers can be read in a room.
  expect(toViewers[0]?.at(-1)?.map(({ language }) => language)).toEqual(['en', 'es']);
});
