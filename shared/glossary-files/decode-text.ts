/** What the first bytes of a text say of its encoding. */
const BYTE_ORDER_MARKS: readonly (readonly [encoding: string, ...bytes: number[]])[] = [
  ['utf-16le', 0xff, 0xfe],
  ['utf-16be', 0xfe, 0xff],
];

/** UTF-8, or UTF-16 (Excel's “Unicode text”) with its mark; null for anything else. */
export function decodeText(bytes: Uint8Array): string | null {
  const [encoding = 'utf-8'] =
    BYTE_ORDER_MARKS.find(([, ...mark]) => mark.every((byte, at) => bytes[at] === byte)) ?? [];
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    // Bytes that are no text in this encoding, or (in UTF-16) half a character.
    return null;
  }
}
