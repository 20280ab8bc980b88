import type { ModelRegistry } from './model-offer.ts';
import { type ReadRegistryOptions, readNewestRegistry } from './newest-registry.ts';
import { pinnedRegistry } from './pinned-registry.ts';

/** `pinned`: what this version knows; `newest`: what Mozilla, or the mirror, lists today. */
export type RegistryChoice = 'pinned' | 'newest';

/** Rejects as {@link readNewestRegistry} does; the pinned one needs no network. */
export async function openRegistry(
  choice: RegistryChoice,
  mirror: string | null,
  options: ReadRegistryOptions = {},
): Promise<ModelRegistry> {
  return choice === 'pinned' ? pinnedRegistry(mirror) : await readNewestRegistry(mirror, options);
}
