/** How often each n-gram of `length` items occurs. */
export function countNGrams(
  items: readonly string[],
  length: number,
  joint: string,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = 0; at + length <= items.length; at += 1) {
    const gram = items.slice(at, at + length).join(joint);
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

/** Occurrences that both have. */
export function countMatches(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
): number {
  let matches = 0;
  for (const [gram, count] of a) matches += Math.min(count, b.get(gram) ?? 0);
  return matches;
}

export function assertParallel(hypotheses: readonly string[], references: readonly string[]): void {
  if (hypotheses.length !== references.length || hypotheses.length === 0) {
    throw new RangeError(
      `Expected one reference for each hypothesis and at least one, got ${hypotheses.length} and ${references.length}`,
    );
  }
}
