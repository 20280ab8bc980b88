import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { encodeProduct } from './product-kernel.ts';
import { encodeQuantize } from './quantize-kernel.ts';

/** What is used of the WebAssembly build of Bergamot; everything made must be deleted. */
export interface MarianModule {
  readonly HEAPU32: Uint32Array;
  readonly AlignedMemory: new (bytes: number, alignment: number) => AlignedMemory;
  readonly AlignedMemoryList: new () => List<AlignedMemory>;
  readonly TranslationModel: new (
    config: string,
    model: AlignedMemory,
    shortlist: AlignedMemory | null,
    vocabularies: List<AlignedMemory>,
    qualityModel: null,
  ) => Deletable;
  readonly BlockingService: new (options: { cacheSize: number }) => BlockingService;
  readonly VectorString: new () => List<string>;
  readonly VectorResponseOptions: new () => List<ResponseOptions>;
}

export interface Deletable {
  delete(): void;
}

export interface AlignedMemory extends Deletable {
  getByteArrayView(): Int8Array;
}

interface List<T> extends Deletable {
  push_back(item: T): void;
}

interface ResponseOptions {
  readonly alignment: boolean;
  readonly html: boolean;
  readonly qualityScores: boolean;
}

interface BlockingService extends Deletable {
  translate(model: Deletable, texts: List<string>, options: List<ResponseOptions>): Responses;
}

interface Responses extends Deletable {
  get(at: number): { getTranslatedText(): string } & Deletable;
}

/** The parts of Bergamot's package, read and compiled once for all threads. */
export interface MarianParts {
  /** Emscripten's script, which expects a variable `Module`. */
  readonly glue: string;
  readonly wasm: WebAssembly.Module;
  /** Products of 8-bit matrices, and making one of them, faster than its own. */
  readonly product: WebAssembly.Module;
  readonly quantize: WebAssembly.Module;
}

/** What 8-bit products need are imports, so that others may bring faster ones; these are its own. */
const PRODUCTS: Readonly<Record<string, string>> = {
  int8_prepare_b: 'int8PrepareBFallback',
  int8_prepare_b_from_transposed: 'int8PrepareBFromTransposedFallback',
  int8_prepare_b_from_quantized_transposed: 'int8PrepareBFromQuantizedTransposedFallback',
  int8_prepare_bias: 'int8PrepareBiasFallback',
  int8_select_columns_of_b: 'int8SelectColumnsOfBFallback',
};

/** Of 64 KiB. */
const INITIAL_PAGES = 256;
/** 2 GiB, as the package was built for. */
const MAX_PAGES = 32_768;

export async function readMarianParts(): Promise<MarianParts> {
  const entry = createRequire(import.meta.url).resolve('@browsermt/bergamot-translator');
  const file = join(dirname(entry), 'worker', 'bergamot-translator-worker');
  const [glue, wasm, product, quantize] = await Promise.all([
    readFile(`${file}.js`, 'utf8'),
    readFile(`${file}.wasm`).then((bytes) => WebAssembly.compile(new Uint8Array(bytes))),
    WebAssembly.compile(encodeProduct()),
    WebAssembly.compile(encodeQuantize()),
  ]);
  return { glue, wasm, product, quantize };
}

export interface LoadedMarian {
  readonly module: MarianModule;
  readonly memory: WebAssembly.Memory;
}

/** The package's own loader only starts in browsers, so this one does it. */
export async function loadMarian(parts: MarianParts): Promise<LoadedMarian> {
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAX_PAGES });
  const [product, quantize] = await Promise.all(
    [parts.product, parts.quantize].map((part) =>
      WebAssembly.instantiate(part, { env: { memory } }),
    ),
  );
  const module = await new Promise<MarianModule>((resolve, reject) => {
    const host = {
      // Marian writes what it works on to its log; nothing of that may get out.
      print: () => {},
      printErr: () => {},
      wasmMemory: memory,
      instantiateWasm(
        imports: WebAssembly.Imports,
        accept: (instance: WebAssembly.Instance) => void,
      ): object {
        let exports: WebAssembly.Exports = {};
        const products = Object.fromEntries(
          Object.entries(PRODUCTS).map(([name, exported]) => [
            name,
            (...args: number[]) => callExport(exports[exported], args),
          ]),
        );
        const gemm = {
          ...products,
          int8_prepare_a: quantize?.exports.quantize,
          int8_multiply_and_add_bias: product?.exports.product,
        };
        WebAssembly.instantiate(parts.wasm, { ...imports, wasm_gemm: gemm }).then((instance) => {
          exports = instance.exports;
          accept(instance);
        }, reject);
        return {};
      },
      onRuntimeInitialized: () => resolve(host as unknown as MarianModule),
    };
    new Function('Module', parts.glue)(host);
  });
  return { module, memory };
}

function callExport(product: unknown, args: number[]): unknown {
  if (typeof product !== 'function') throw new TypeError('Expected an export of the module.');
  return product(...args);
}
