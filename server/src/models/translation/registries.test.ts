import { describe, expect, test } from 'vitest';
import { describeImprovement, improvements, modelsFor } from './improvements.ts';
import { chooseOffer, defaultOffers, isPair, languagesOfPair, packedBytes } from './model-offer.ts';
import { describeQuality, qualityWord } from './model-quality.ts';
import { offersOf, parseRegistry } from './newest-registry.ts';
import { PINNED_OFFERS, pinnedRegistry } from './pinned-registry.ts';
import { makeModel, registryOf } from './testing/model-site.ts';

describe('pinned models', () => {
  test('all 137 are there, each file with its size and sha256', () => {
    expect(PINNED_OFFERS).toHaveLength(137);
    const keys = PINNED_OFFERS.map(({ pair, category }) => `${pair} ${category}`);
    expect(new Set(keys).size).toBe(137);
    for (const { pair, from, to, files } of PINNED_OFFERS) {
      expect(languagesOfPair(pair)).toEqual({ from, to });
      expect([from, to]).toContain('en');
      const roles = files.map(({ role }) => role).join(' ');
      expect(['model lex vocab', 'model lex srcvocab trgvocab']).toContain(roles);
      for (const { packed, path, name } of files) {
        expect(packed.sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(packed.bytes).toBeGreaterThan(100_000);
        expect(path.endsWith(`/${name}.gz`)).toBe(true);
      }
      expect(files[0]?.unpacked.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(files[0]?.unpacked.bytes).toBeGreaterThan(10_000_000);
    }
    const hashes = PINNED_OFFERS.flatMap(({ files }) => files.map(({ packed }) => packed.sha256));
    expect(new Set(hashes).size).toBe(416);
  });

  test('English to Spanish is as Mozilla has it', () => {
    const offer = chooseOffer(PINNED_OFFERS, 'en-es');
    expect(offer).toMatchObject({ category: 'tiny', bleu: 25.9, comet: 0.8414 });
    expect(packedBytes(offer)).toBe(12_602_853 + 1_720_700 + 414_566);
    expect(offer.files[0]).toEqual({
      role: 'model',
      name: 'model.enes.intgemm.alphas.bin',
      path: 'models/tiny/enes/model.enes.intgemm.alphas.bin.gz',
      packed: {
        bytes: 12_602_853,
        sha256: '2f2cdfb25d855c7c4dd874c2d5d97154339ca9e93c5336c2ec0236415ffcb1ae',
      },
      unpacked: {
        bytes: 17_140_755,
        sha256: 'fa7460037a3163e03fe1d23602f964bff2331da6ee813637e092ddf37156ef53',
      },
    });
  });

  test('a mirror is asked before Mozilla', () => {
    expect(pinnedRegistry(null).sources).toHaveLength(1);
    const bases = pinnedRegistry('http://mirror.example/models//').sources.map(({ base }) => base);
    expect(bases[0]).toBe('http://mirror.example/models/translation/pinned/');
    expect(bases[1]).toMatch(/^https:.*\/firefox-translations-models\/[0-9a-f]{40}\/$/);
  });
});

describe('the choice of a model', () => {
  test('the quickest, unless another is asked for', () => {
    expect(chooseOffer(PINNED_OFFERS, 'en-es').category).toBe('tiny');
    expect(chooseOffer(PINNED_OFFERS, 'en-es', 'base-memory').category).toBe('base-memory');
    expect(chooseOffer(PINNED_OFFERS, 'en-zh').category).toBe('base-memory');
    expect(defaultOffers(PINNED_OFFERS)).toHaveLength(93);
  });

  test('what there is not is refused with what there is', () => {
    expect(() => chooseOffer(PINNED_OFFERS, 'en-es', 'base')).toThrow(
      /Expected category tiny or base-memory for en-es, got base/,
    );
    expect(() => chooseOffer(PINNED_OFFERS, 'es-fr')).toThrow(/Add es-en and en-fr/);
    expect(() => chooseOffer(PINNED_OFFERS, 'en-xx')).toThrow(/got en-xx.*models list/);
    for (const pair of ['es', 'en-en', 'en_es', '../en-es', 'EN-ES', '']) {
      expect(() => chooseOffer(PINNED_OFFERS, pair)).toThrow(/Expected a pair of languages/);
      expect(isPair(pair)).toBe(false);
    }
  });

  test('two languages without a model of their own go through English', () => {
    const pairs = (from: string, to: string) =>
      modelsFor(from, to, PINNED_OFFERS).map(({ pair }) => pair);
    expect(pairs('en', 'es')).toEqual(['en-es']);
    expect(pairs('es', 'fr')).toEqual(['es-en', 'en-fr']);
    expect(pairs('en', 'eo')).toEqual([]);
    expect(pairs('eo', 'fr')).toEqual([]);
  });

  test('only what is not neural yet, and not installed, is an improvement', () => {
    const chosen = [
      { language: 'en', engine: 'x', quality: 'none', via: [] },
      { language: 'es', engine: 'x', quality: 'basic', via: [] },
      { language: 'fr', engine: 'x', quality: 'neural', via: [] },
      { language: 'it', engine: 'x', quality: 'basic', via: [] },
      { language: 'eo', engine: 'x', quality: 'basic', via: [] },
    ] as const;
    const found = improvements('en', chosen, PINNED_OFFERS, ['en-it']);
    expect(found.map(describeImprovement)).toEqual([
      'Spanish: basic; `npx parlance models add en-es` makes it neural (14.7 MB)',
    ]);
  });
});

test('quality is told in words and figures', () => {
  expect(describeQuality({ bleu: 25.9, comet: 0.8414 })).toBe('good (BLEU 25.9)');
  expect(describeQuality({ bleu: null, comet: null })).toBe('not measured');
  expect([0.9, 0.85, 0.82, 0.5].map((comet) => qualityWord({ bleu: 1, comet }))).toEqual([
    'very good',
    'good',
    'fair',
    'rough',
  ]);
  expect([40, 30, 20, 10].map((bleu) => qualityWord({ bleu }))).toEqual([
    'very good',
    'good',
    'fair',
    'rough',
  ]);
});

describe('the newest registry', () => {
  const made = makeModel('en-es');
  const read = (change: (entry: Record<string, unknown>) => unknown) => {
    const document = parseRegistry(registryOf([made]));
    const entry = structuredClone(document.models['en-es']?.[0]) as Record<string, unknown>;
    return offersOf({ models: { 'en-es': [change(entry)] } });
  };

  test('tells files, the hash of the model, and the scores', () => {
    const [offer] = offersOf(parseRegistry(registryOf([made])));
    expect(offer).toMatchObject({ pair: 'en-es', category: 'tiny', bleu: 25.9, comet: 0.84 });
    expect(offer?.files.map(({ role, path }) => [role, path])).toEqual(
      made.offer.files.map(({ role, path }) => [role, path]),
    );
    expect(offer?.files[0]?.unpacked).toEqual(made.offer.files[0]?.unpacked);
    expect(offer?.files[1]?.packed).toEqual({ bytes: null, sha256: null });
  });

  test('what is more or odd in an entry does no harm', () => {
    expect(
      read((entry) => ({ ...entry, more: 1, metrics: 'none', modelStatistics: null })),
    ).toMatchObject([{ bleu: null, comet: null }]);
    expect(read((entry) => ({ ...entry, metrics: { flores: { bleu: 'high' } } }))).toMatchObject([
      { bleu: null },
    ]);
  });

  test.each<[string, (entry: Record<string, unknown>) => unknown]>([
    ['is no object', () => 'en-es'],
    ['was not released', (entry) => ({ ...entry, releaseStatus: 'Nightly' })],
    ['has no status', ({ releaseStatus: _, ...entry }) => entry],
    ['has no files', ({ files: _, ...entry }) => entry],
    ['has no vocabulary', (entry) => ({ ...entry, files: { ...filesOf(entry), vocab: null } })],
    ['has a model without a hash', (entry) => withModel(entry, { uncompressedHash: null })],
    ['has a path that leaves the folder', (entry) => withModel(entry, { path: 'a/../../b.gz' })],
    ['has a path from the root', (entry) => withModel(entry, { path: '/etc/b.gz' })],
    ['has an address for a path', (entry) => withModel(entry, { path: 'https://x.example/b.gz' })],
    ['has a file without a name', (entry) => withModel(entry, { path: 'models/..gz' })],
    ['has a file in the manifest’s place', (entry) => withModel(entry, { path: 'model.json.gz' })],
    ['has two files of one name', (entry) => withModel(entry, pathOf(entry, 'vocab'))],
    ['is not packed', (entry) => withModel(entry, { path: 'models/model.bin' })],
  ])('an entry that %s is passed over', (_what, change) => {
    expect(read(change)).toEqual([]);
  });

  test('a release for everything goes before one for a device', () => {
    const document = parseRegistry(registryOf([made]));
    const [entry] = document.models['en-es'] ?? [];
    const android = { ...(entry as object), releaseStatus: 'Release Android' };
    const other = withModel(android, { uncompressedHash: 'f'.repeat(64) });
    for (const entries of [
      [other, entry],
      [entry, other],
    ]) {
      const [offer] = offersOf({ models: { 'en-es': entries } });
      expect(offer?.files[0]?.unpacked.sha256).toBe(made.offer.files[0]?.unpacked.sha256);
    }
  });

  test('pairs that are none of ours are passed over', () => {
    const [entry] = parseRegistry(registryOf([made])).models['en-es'] ?? [];
    const models = { 'en-zh_hant': [entry], 'en-../x': [entry], 'en-en': [entry] };
    expect(offersOf({ models })).toEqual([]);
  });

  test.each(['', '<html>', '[]', '{"models":[]}', '{"models":{"en-es":{}}}'])(
    'what is no registry is refused: %s',
    (text) => {
      expect(() => parseRegistry(text)).toThrow(/Expected a registry/);
    },
  );
});

function filesOf(entry: object): Record<string, object> {
  return (entry as { files: Record<string, object> }).files;
}

function withModel(entry: object, change: object): object {
  const files = filesOf(entry);
  return { ...entry, files: { ...files, model: { ...files.model, ...change } } };
}

function pathOf(entry: object, file: string): object {
  return { path: (filesOf(entry)[file] as { path: string }).path };
}
