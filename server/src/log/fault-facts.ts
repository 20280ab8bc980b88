const MAX_FRAMES = 8;

/** Where an error came from and of what kind it is, without its message, which may quote anything (INV7). */
export function faultFacts(error: unknown): { fault: string; at: readonly string[] } {
  if (!(error instanceof Error)) return { fault: typeof error, at: [] };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { fault: error.name, at: frames.slice(0, MAX_FRAMES).map((line) => line.trim()) };
}
