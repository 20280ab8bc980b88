const MAGIC = 0xf11a48d5013417f5n;
/** Target words that every sentence may use, and those that each source word brings. */
const FREQUENT = 50;
const BEST = 50;

/** A lexical shortlist as in `lex.50.50.*.s2t.bin`: for each source word its sorted target words. */
export function writeShortlistFile(targets: readonly (readonly number[])[]): Uint8Array {
  const offsets = new BigUint64Array(targets.length + 1);
  let count = 0;
  for (const [at, words] of targets.entries()) {
    count += words.length;
    offsets[at + 1] = BigInt(count);
  }
  const words = Uint32Array.from(targets.flatMap((each) => [...each].sort((a, b) => a - b)));
  const header = BigUint64Array.from([
    MAGIC,
    // Readers that check it are told not to: its width differs between platforms.
    0n,
    BigInt(FREQUENT),
    BigInt(BEST),
    BigInt(offsets.length),
    BigInt(words.length),
  ]);
  return Buffer.concat([header, offsets, words].map(bytesOf));
}

function bytesOf(view: BigUint64Array | Uint32Array): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
