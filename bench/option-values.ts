import { UsageError } from './benchmark.ts';

/** What `read` makes of the arguments; whatever is wrong with them becomes a {@link UsageError}. */
export function readOptions<Options>(read: () => Options): Options {
  try {
    return read();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** A whole number within its limits; throws {@link UsageError}. */
export function wholeOption(
  option: string,
  text: string,
  least: number,
  most = Number.POSITIVE_INFINITY,
): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isInteger(number) && number >= least && number <= most) {
    return number;
  }
  const limits = Number.isFinite(most) ? `${least} to ${most}` : `${least}`;
  throw new UsageError(`Expected ${option} with a whole number from ${limits}, got "${text}".`);
}
