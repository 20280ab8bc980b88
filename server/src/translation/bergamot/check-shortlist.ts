import { FileProblem } from './model-problem.ts';

const MAGIC = 0xf11a48d5013417f5n;
const HEADER_BYTES = 48;
const OFFSET_COUNT_AT = 32;
const WORD_COUNT_AT = 40;

/**
 * Checks a lexical shortlist against its vocabularies: Marian would read out of range, silently.
 * Throws {@link FileProblem}.
 */
export function checkShortlist(
  file: Uint8Array,
  { source, target }: { source: number; target: number },
): void {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < HEADER_BYTES || view.getBigUint64(0, true) !== MAGIC) {
    throw new FileProblem('Expected a binary shortlist, got something else.');
  }
  const offsets = Number(view.getBigUint64(OFFSET_COUNT_AT, true));
  const words = Number(view.getBigUint64(WORD_COUNT_AT, true));
  const needed = HEADER_BYTES + offsets * 8 + words * 4;
  if (needed !== file.length) {
    throw new FileProblem(`Expected a shortlist of ${needed} bytes, got ${file.length}.`);
  }
  // More than the model has words is harmless: nobody looks there.
  if (offsets < source + 1) {
    throw new FileProblem(
      `Expected a shortlist for ${source} words as the model has, got one for ${offsets - 1}.`,
    );
  }
  let before = 0;
  for (let index = 0; index < offsets; index += 1) {
    const offset = Number(view.getBigUint64(HEADER_BYTES + index * 8, true));
    if (offset < before || offset > words) {
      throw new FileProblem(`Expected rising offsets up to ${words}, got ${offset}.`);
    }
    before = offset;
  }
  const wordsAt = HEADER_BYTES + offsets * 8;
  for (let index = 0; index < words; index += 1) {
    const word = view.getUint32(wordsAt + index * 4, true);
    if (word >= target) {
      throw new FileProblem(`Expected words below ${target} in the shortlist, got ${word}.`);
    }
  }
}
