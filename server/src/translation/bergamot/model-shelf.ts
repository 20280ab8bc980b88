import type { AppError } from '../../../../shared/errors.ts';
import { type InstalledModel, readInstalledModels } from '../../models/installed-models.ts';

/** Mozilla's models go from and to English. */
const PIVOT = 'en';

/** A model as it is on disk: another key once any of its files changes. */
export interface ShelvedModel {
  readonly key: string;
  readonly installed: InstalledModel;
}

export interface ModelRoute {
  readonly id: string;
  readonly via: readonly string[];
  /** One model, or two of which the second reads what the first writes. */
  readonly models: readonly ShelvedModel[];
}

/**
 * Models that are installed just now, in several folders of which the first that has a pair wins,
 * and the routes they make. Those put aside are as good as absent until their files change.
 */
export class ModelShelf {
  readonly #folders: readonly string[];
  readonly #aside = new Map<string, AppError>();
  #models = new Map<string, ShelvedModel>();

  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /** Looks at the folders again; true where anything changed. */
  async refresh(): Promise<boolean> {
    const found = new Map<string, ShelvedModel>();
    for (const folder of this.#folders) {
      for (const installed of await readInstalledModels(folder)) {
        if (found.has(installed.pair)) continue;
        found.set(installed.pair, { key: `${installed.folder} ${installed.stamp}`, installed });
      }
    }
    const before = [...this.#models.values()].map(({ key }) => key).join('\n');
    const after = [...found.values()].map(({ key }) => key).join('\n');
    this.#models = found;
    const keys = new Set([...found.values()].map(({ key }) => key));
    for (const key of this.#aside.keys()) if (!keys.has(key)) this.#aside.delete(key);
    return before !== after;
  }

  has(key: string): boolean {
    return [...this.#models.values()].some((model) => model.key === key);
  }

  get models(): readonly ShelvedModel[] {
    return [...this.#models.values()].filter(({ key }) => !this.#aside.has(key));
  }

  /** Why models that are there are not used. */
  get problems(): readonly AppError[] {
    return [...this.#aside.values()];
  }

  putAside(key: string, problem: AppError): void {
    if (this.has(key)) this.#aside.set(key, problem);
  }

  /** Direct, else through English, else null. */
  route(from: string, to: string): ModelRoute | null {
    if (from === to) return null;
    const direct = this.#usable(from, to);
    if (direct !== null) return { id: direct.key, via: [], models: [direct] };
    const first = this.#usable(from, PIVOT);
    const second = this.#usable(PIVOT, to);
    if (first === null || second === null) return null;
    return { id: `${first.key}\n${second.key}`, via: [PIVOT], models: [first, second] };
  }

  targets(from: string): string[] {
    const languages = new Set([...this.#models.values()].map(({ installed }) => installed.to));
    return [...languages].filter((to) => this.route(from, to) !== null).sort();
  }

  /** What was wrong with a route that is not there because a model of it was put aside. */
  problemOf(from: string, to: string): AppError | null {
    for (const pair of [`${from}-${to}`, `${from}-${PIVOT}`, `${PIVOT}-${to}`]) {
      const model = this.#models.get(pair);
      const problem = model && this.#aside.get(model.key);
      if (problem !== undefined) return problem;
    }
    return null;
  }

  #usable(from: string, to: string): ShelvedModel | null {
    const model = this.#models.get(`${from}-${to}`);
    return model === undefined || this.#aside.has(model.key) ? null : model;
  }
}
