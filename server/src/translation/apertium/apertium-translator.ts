import { setMaxListeners } from 'node:events';
import { access, constants } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { AppError } from '../../../../shared/errors.ts';
import { mapConcurrently } from '../../async/map-concurrently.ts';
import type { Droppable } from '../../limits/droppable.ts';
import type { PlaceholderStyle } from '../terms/placeholders.ts';
import type {
  EngineSlots,
  Translation,
  TranslationRequest,
  TranslationRoute,
  Translator,
} from '../translator.ts';
import { APERTIUM_LIMITS, type ApertiumLimits } from './limits.ts';
import { ModeGraph, type VariantChoice } from './mode-graph.ts';
import { ModeTranslator } from './mode-translator.ts';
import { discoverModes, type Mode } from './modes.ts';
import { apertiumInstallCommand, BASIC_PACKAGES } from './packages.ts';
import { createPipelineStarter, type StartPipeline } from './pipeline-process.ts';
import { PipelineSlots } from './pipeline-slots.ts';
import { prepareText, tidyTranslation } from './text-hygiene.ts';
import { splitPieces } from './text-pieces.ts';

export interface ApertiumOptions {
  /** The `apertium` program of an installation elsewhere: its data lies in `../share/apertium`. */
  readonly apertiumBin?: string;
  /** Folders with `modes/*.mode`, as for `apertium -d`; the preferred one first. */
  readonly dataDirs?: readonly string[];
  /** Folders with lt-proc and the others. */
  readonly programDirs?: readonly string[];
  /** Target variants by language, for example `{ pt: 'BR' }`. */
  readonly variants?: VariantChoice;
  readonly limits?: Partial<ApertiumLimits>;
}

const DATA_DIRS: readonly string[] = ['/usr/share/apertium', '/usr/local/share/apertium'];
const PROGRAM_DIRS: readonly string[] = ['/usr/bin', '/usr/local/bin', '/bin'];
const DATA_BESIDE_PROGRAMS = '../share/apertium';

const NAME = 'apertium';
const LETTER = /\p{L}/u;
/**
 * By `npm run bench -- glossary --every-style`: dictionaries know that names are names. At the first
 * try 98.7 to 99.4 % come through in every language; of the other styles 94 % into Catalan, which
 * glues possessives to words that it does not know; BLEU is the best or near it. What a name loses is mostly a compound
 * ("Denver-based"), which {@link prepareText} takes apart where a digit stands.
 */
const PLACEHOLDER_STYLES: readonly PlaceholderStyle[] = ['name', 'code', 'word'];

/**
 * Rule-based translation by Apertium's programs, in pipelines that stay open. Throws
 * `program_missing`, with the packages and how to get them, where no mode can run.
 */
export async function createApertiumTranslator(
  options: ApertiumOptions = {},
): Promise<Translator & Droppable> {
  const { dataDirs, programDirs } = await foldersOf(options);
  const limits = { ...APERTIUM_LIMITS, ...options.limits };
  const graph = new ModeGraph(await discoverModes({ dataDirs, programDirs }), options.variants);
  if (graph.empty) {
    throw new AppError(
      'program_missing',
      `Expected Apertium's programs and pairs of languages in ${dataDirs.join(' or ')}, got none. ` +
        `Get them with: ${apertiumInstallCommand(BASIC_PACKAGES)}`,
    );
  }
  return new ApertiumTranslator(graph, limits, createPipelineStarter({ programDirs, ...limits }));
}

async function foldersOf(options: ApertiumOptions) {
  const { apertiumBin, dataDirs = DATA_DIRS, programDirs = PROGRAM_DIRS } = options;
  if (apertiumBin === undefined) return { dataDirs, programDirs };
  try {
    await access(apertiumBin, constants.X_OK);
  } catch (cause) {
    throw new AppError(
      'program_missing',
      `Expected Apertium's program at ${apertiumBin}, got nothing that runs. ` +
        `Correct APERTIUM_BIN, or unset it and: ${apertiumInstallCommand(BASIC_PACKAGES)}`,
      { cause },
    );
  }
  const folder = dirname(resolve(apertiumBin));
  return {
    dataDirs: [resolve(folder, DATA_BESIDE_PROGRAMS), ...dataDirs],
    programDirs: [folder, ...programDirs],
  };
}

class ApertiumTranslator implements Translator, Droppable {
  readonly name = NAME;
  readonly quality = 'basic';
  readonly #graph: ModeGraph;
  readonly #limits: ApertiumLimits;
  readonly #start: StartPipeline;
  readonly #slots: PipelineSlots;
  readonly #modes = new Map<string, ModeTranslator>();
  #closing: Promise<void> | null = null;

  constructor(graph: ModeGraph, limits: ApertiumLimits, start: StartPipeline) {
    this.#graph = graph;
    this.#limits = limits;
    this.#start = start;
    this.#slots = new PipelineSlots(limits.maxOpenPipelines);
  }

  route(from: string, to: string): TranslationRoute | null {
    const route = this.#graph.route(from, to);
    return route === null ? null : { via: route.via };
  }

  targets(from: string): readonly string[] {
    return this.#graph.targets(from);
  }

  placeholderStyles(): readonly PlaceholderStyle[] {
    return PLACEHOLDER_STYLES;
  }

  async translate(request: TranslationRequest): Promise<Translation> {
    const { from, to, signal } = request;
    const route = this.#graph.route(from, to);
    if (route === null) {
      throw new AppError(
        'language_unsupported',
        `Expected a pair of languages that Apertium has, got ${from} to ${to}.`,
      );
    }
    // A caller may share one signal between all its requests.
    if (signal !== undefined) setMaxListeners(0, signal);
    let text = request.text.trim();
    if (text.length > this.#limits.maxTextChars) {
      throw new AppError(
        'translator_failed',
        `Expected a text of at most ${this.#limits.maxTextChars} characters, got ${text.length}.`,
      );
    }
    const languages = [from, ...route.via, to];
    for (const [hop, mode] of route.modes.entries()) {
      const [source = from, target = to] = languages.slice(hop);
      signal?.throwIfAborted();
      text = await this.#translateText(text, { ...request, from: source, to: target }, mode);
    }
    return { text, engine: this.name, quality: this.quality };
  }

  get slots(): EngineSlots {
    const modes = [...this.#modes.values()];
    return {
      total: this.#limits.maxOpenPipelines,
      inUse: modes.filter(({ isAtWork }) => isAtWork).length,
      waiting: modes.reduce((sum, { waiting }) => sum + waiting, 0),
    };
  }

  /** Ends the pipelines, 40 to 600 MB each, that nobody needs just now. */
  drop(): void {
    for (const mode of this.#modes.values()) mode.rest();
  }

  close(): Promise<void> {
    this.#closing ??= Promise.all([...this.#modes.values()].map((mode) => mode.close())).then(
      () => undefined,
    );
    return this.#closing;
  }

  /** A few pieces at a time, so that a long text leaves room; where one fails all are dropped. */
  async #translateText(text: string, request: TranslationRequest, mode: Mode): Promise<string> {
    const pipeline = this.#pipelineOf(mode);
    const stop = new AbortController();
    const pieces = splitPieces(text, this.#limits.maxPieceChars);
    const onAbort = () => stop.abort(request.signal?.reason);
    request.signal?.addEventListener('abort', onAbort);
    try {
      const translated = await mapConcurrently(
        pieces,
        this.#limits.maxTextsInFlight,
        async ({ text: piece, separator }) => {
          if (!LETTER.test(piece)) return piece + separator;
          const prepared = prepareText(piece, request.from, request.to);
          const answer = await pipeline.translate(prepared, request.kind, stop.signal);
          return tidyTranslation(answer, piece) + separator;
        },
      );
      return translated.join('');
    } catch (error) {
      stop.abort(error);
      throw error;
    } finally {
      request.signal?.removeEventListener('abort', onAbort);
    }
  }

  #pipelineOf(mode: Mode): ModeTranslator {
    if (this.#closing !== null) {
      throw new AppError('shutting_down', 'The translator is closed.');
    }
    const known = this.#modes.get(mode.name);
    if (known !== undefined) return known;
    const created = new ModeTranslator({
      mode,
      limits: this.#limits,
      slots: this.#slots,
      start: this.#start,
      now: () => performance.now(),
    });
    this.#modes.set(mode.name, created);
    return created;
  }
}
