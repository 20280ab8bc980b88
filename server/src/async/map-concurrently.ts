/**
 * Maps with at most `limit` calls under way; results keep the order of the items. Rejects with the
 * first rejection; the calls under way then still end, but no new ones begin.
 */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  limit: number,
  map: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const rest = items.entries();
  let failed = false;
  const work = async () => {
    for (const [at, item] of rest) {
      if (failed) return;
      try {
        results[at] = await map(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return results;
}
