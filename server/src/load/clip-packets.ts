import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../../shared/errors.ts';
import { FRAME_MS } from '../../../shared/limits.ts';
import { encodeFile } from '../audio/encode-file.ts';
import { findFfmpeg } from '../audio/find-ffmpeg.ts';

/** All users share the packets of ten minutes at the most: some 4 MB. */
export const MAX_CLIP_FRAMES = 600_000 / FRAME_MS;

/** The project's own clip, seen from the sources and from the build. */
const OWN_CLIP = 'e2e/fixtures/clip.opus';
const ROOTS = ['../../../', '../../../../../'];

/** The Opus packets of a file's first ten minutes, or of the project's own clip. */
export async function clipPackets(
  file: string | undefined,
  ffmpegBin: string | undefined,
): Promise<readonly Uint8Array[]> {
  const path = file ?? ownClip();
  const packets: Uint8Array[] = [];
  for await (const packet of encodeFile({ path, ffmpeg: findFfmpeg({ ffmpegBin }) })) {
    packets.push(packet);
    if (packets.length === MAX_CLIP_FRAMES) break;
  }
  return packets;
}

function ownClip(): string {
  for (const root of ROOTS) {
    const path = fileURLToPath(new URL(root + OWN_CLIP, import.meta.url));
    if (existsSync(path)) return path;
  }
  throw new AppError(
    'file_unreadable',
    `Expected ${OWN_CLIP} beside Parlance, got none. Name a file with speech with --file.`,
  );
}
