/** Frame sizes in ms of the 32 configurations (RFC 6716, table 2). */
const CONFIG_MS = [
  10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20,
  2.5, 5, 10, 20, 2.5, 5, 10, 20,
];

/** How much sound an Opus packet holds, from its first bytes (RFC 6716, section 3.1); 0 if none. */
export function opusPacketMs(packet: Uint8Array): number {
  const toc = packet[0];
  if (toc === undefined) return 0;
  const frameMs = CONFIG_MS[toc >> 3] ?? 0;
  const code = toc & 0b11;
  if (code === 0) return frameMs;
  if (code === 3) return frameMs * ((packet[1] ?? 0) & 0b11_1111);
  return 2 * frameMs;
}
