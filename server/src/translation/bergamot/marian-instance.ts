import {
  type Deletable,
  loadMarian,
  type MarianModule,
  type MarianParts,
} from './marian-module.ts';
import type { ModelBytes } from './read-model.ts';

const MODEL_ALIGNMENT = 256;
const OTHER_ALIGNMENT = 64;
/** As Firefox configures it, with one sentence a line: sentences are split by who calls. */
const CONFIG: Readonly<Record<string, string | number | boolean>> = {
  'beam-size': 1,
  normalize: 1,
  'word-penalty': 0,
  'cpu-threads': 0,
  'skip-cost': true,
  alignment: 'soft',
  quiet: true,
  'quiet-translation': true,
  'max-length-break': 128,
  'mini-batch-words': 1024,
  workspace: 128,
  'max-length-factor': 2,
  'ssplit-mode': 'sentence',
};
/** Weights are only read when something is translated. */
const PROBE = 'a';

interface LoadedModel {
  readonly model: Deletable;
  readonly parts: readonly Deletable[];
}

/** One instance of Marian with its models. Calls block; what throws leaves it unusable. */
export class MarianInstance {
  readonly #module: MarianModule;
  readonly #memory: WebAssembly.Memory;
  readonly #service: InstanceType<MarianModule['BlockingService']>;
  readonly #models = new Map<string, LoadedModel>();

  private constructor(module: MarianModule, memory: WebAssembly.Memory) {
    this.#module = module;
    this.#memory = memory;
    this.#service = new module.BlockingService({ cacheSize: 0 });
  }

  static async start(parts: MarianParts): Promise<MarianInstance> {
    const { module, memory } = await loadMarian(parts);
    return new MarianInstance(module, memory);
  }

  /** Linear memory; what is freed in it is used again but never given back. */
  get memoryBytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Loads a model under a name and translates a letter, so that what is wrong shows now. */
  load(name: string, bytes: ModelBytes): void {
    const model = this.#copy(bytes.model, MODEL_ALIGNMENT);
    const shortlist =
      bytes.shortlist === null ? null : this.#copy(bytes.shortlist, OTHER_ALIGNMENT);
    const list = new this.#module.AlignedMemoryList();
    const vocabularies = bytes.vocabularies.map((each) => this.#copy(each, OTHER_ALIGNMENT));
    for (const vocabulary of vocabularies) list.push_back(vocabulary);
    const config = Object.entries({ ...CONFIG, 'gemm-precision': bytes.precision })
      .map(([key, value]) => `${key}: ${value}\n`)
      .join('');
    const loaded = new this.#module.TranslationModel(config, model, shortlist, list, null);
    this.#models.set(name, {
      model: loaded,
      parts: [list, model, ...(shortlist === null ? [] : [shortlist]), ...vocabularies],
    });
    this.translate(name, [PROBE]);
  }

  unload(name: string): void {
    const loaded = this.#models.get(name);
    if (loaded === undefined) return;
    this.#models.delete(name);
    loaded.model.delete();
    for (const part of loaded.parts) part.delete();
  }

  /** One sentence each, without line breaks. */
  translate(name: string, sentences: readonly string[]): string[] {
    const loaded = this.#models.get(name);
    if (loaded === undefined) throw new RangeError(`Expected the loaded model ${name}, got none.`);
    const texts = new this.#module.VectorString();
    const options = new this.#module.VectorResponseOptions();
    for (const sentence of sentences) {
      texts.push_back(sentence);
      options.push_back({ alignment: false, html: false, qualityScores: false });
    }
    const responses = this.#service.translate(loaded.model, texts, options);
    const translations = sentences.map((_, at) => {
      const response = responses.get(at);
      const text = response.getTranslatedText();
      response.delete();
      return text;
    });
    for (const each of [responses, options, texts]) each.delete();
    return translations;
  }

  #copy(bytes: Uint8Array, alignment: number) {
    const memory = new this.#module.AlignedMemory(bytes.length, alignment);
    memory.getByteArrayView().set(bytes);
    return memory;
  }
}
