import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSettings } from '../../server/src/config/settings.ts';
import { findModel } from '../../server/src/models/catalogue.ts';
import { ModelStore } from '../../server/src/models/model-store.ts';
import { MODEL_FILES } from '../../server/src/recognition/moonshine/model-files.ts';
import { MoonshineModel } from '../../server/src/recognition/moonshine/moonshine-model.ts';
import { readUtterance } from '../../server/src/recognition/moonshine/read-utterance.ts';
import { Tokenizer } from '../../server/src/recognition/moonshine/tokenizer.ts';
import { CrossAttention } from '../../server/src/recognition/moonshine/word-times/cross-attention.ts';
import { readAudio } from '../../server/src/testing/read-audio.ts';
import type { BenchClip } from '../corpus.ts';
import type { ReferenceWord } from './reference-times.ts';

/** The recogniser's parts in this thread, so that what happens inside can be looked at. */
export interface Engine {
  readonly model: MoonshineModel;
  readonly tokenizer: Tokenizer;
}

export async function loadEngine(): Promise<Engine> {
  const store = new ModelStore(readSettings().PARLANCE_CACHE);
  const folder = await store.require(findModel('moonshine-tiny-en'));
  return {
    tokenizer: new Tokenizer(await readFile(join(folder, MODEL_FILES.tokenizer))),
    model: await MoonshineModel.load(
      join(folder, MODEL_FILES.encoder),
      join(folder, MODEL_FILES.decoder),
    ),
  };
}

/** A clip as the recogniser read it. */
export interface ReadClip {
  readonly id: string;
  readonly samples: Float32Array;
  readonly reference: readonly ReferenceWord[];
  readonly tokens: readonly number[];
  readonly attention: CrossAttention;
}

export async function readClips(
  { model }: Engine,
  clips: readonly BenchClip[],
  references: ReadonlyMap<string, readonly ReferenceWord[]>,
  signal: AbortSignal,
): Promise<ReadClip[]> {
  const read: ReadClip[] = [];
  for (const { id, path } of clips) {
    signal.throwIfAborted();
    const reference = references.get(id);
    if (reference === undefined) continue;
    const samples = await readAudio(path);
    const attention = new CrossAttention();
    const { tokens } = await readUtterance(model, samples, [], attention);
    read.push({ id, samples, reference, tokens, attention });
  }
  return read;
}
