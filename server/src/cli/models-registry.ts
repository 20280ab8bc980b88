import { readProxySettings } from '../config/proxy-settings.ts';
import type { Settings } from '../config/settings.ts';
import {
  CATEGORIES,
  type Category,
  type ModelRegistry,
} from '../models/translation/model-offer.ts';
import { openRegistry, type RegistryChoice } from '../models/translation/open-registry.ts';
import { UsageError } from './usage.ts';

const REGISTRIES = ['pinned', 'newest'] as const;

/** The registry of `--registry`, else of MODEL_REGISTRY. */
export async function chosenRegistry(
  choice: RegistryChoice | null,
  settings: Settings,
  signal?: AbortSignal,
): Promise<ModelRegistry> {
  return await openRegistry(choice ?? settings.MODEL_REGISTRY, settings.MODEL_MIRROR ?? null, {
    proxies: readProxySettings(),
    ...(signal === undefined ? {} : { signal }),
  });
}

export function registryOption(text: string | undefined): RegistryChoice | null {
  return oneOf('registry', REGISTRIES, text);
}

export function categoryOption(text: string | undefined): Category | null {
  return oneOf('category', CATEGORIES, text);
}

function oneOf<T extends string>(
  option: string,
  values: readonly T[],
  text: string | undefined,
): T | null {
  if (text === undefined) return null;
  const value = values.find((candidate) => candidate === text);
  if (value !== undefined) return value;
  throw new UsageError(`Expected --${option} ${values.join(', ')}, got "${text}".`);
}
