import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BenchClip, readClipTranslations, readCorpus, sampleClips } from './corpus.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-corpus-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('without a corpus the own clip is measured, and the notice says so', () => {
  const { clips, notice } = readCorpus(join(folder, 'absent'));
  expect(clips.map(({ id, set }) => [id, set])).toEqual([['own-clip', 'en']]);
  expect(notice).toContain('own clip');
  expect(readClipTranslations(join(folder, 'absent'))).toEqual([]);
});

test('clips go to the set they are measured for', async () => {
  const rows = [
    'id\tfile\tlang\tseconds\treference',
    'a\ten/a.flac\ten\t1.5\tHello',
    'b\tquiet/b.flac\ten\t2\tHello',
    'c\tquiet/c.flac\tde\t2\tHallo',
    'd\tlong/d.flac\ten\t60\tHello',
    'e\tnonspeech/e.flac\t-\t3\t',
    'f\tfr/f.flac\tfr\t4\tBonjour',
    'g\tother/g.flac\ten\t4\tHello',
  ];
  await writeFile(join(folder, 'manifest.tsv'), `${rows.join('\n')}\n`);
  await writeFile(
    join(folder, 'translations.tsv'),
    'id\taudio_lang\ttext_lang\tkind\ttext\na\ten\tes\treference\tHola\n',
  );
  const { clips, notice } = readCorpus(folder);
  expect(notice).toBeNull();
  expect(clips.map(({ id, set }) => `${id} ${set}`)).toEqual([
    'a en',
    'b quiet',
    'c foreign',
    'd long',
    'e nonspeech',
    'f foreign',
  ]);
  expect(clips[0]).toMatchObject({ seconds: 1.5, reference: 'Hello', language: 'en' });
  expect(readClipTranslations(folder)).toEqual([{ id: 'a', language: 'es', text: 'Hola' }]);
});

test('a sample takes as many of each set, spread over it', () => {
  const clip = (id: string, set: BenchClip['set']): BenchClip => ({
    id,
    set,
    group: set,
    path: id,
    language: 'en',
    seconds: 1,
    reference: '',
  });
  const all = [...'abcdef'].map((id) => clip(id, 'en')).concat(clip('q', 'quiet'));
  expect(sampleClips(all, 2).map(({ id }) => id)).toEqual(['a', 'd', 'q']);
  expect(sampleClips(all, null)).toEqual(all);
});
