import { statfs } from 'node:fs/promises';
import { AppError } from '../../../shared/errors.ts';

/** Free space to leave on the disk beside a download. */
const SPARE_DISK_BYTES = 50_000_000;

/** Rejects with `disk_full` where the folder's disk has no room for so much. */
export async function requireRoom(folder: string, bytes: number): Promise<void> {
  const needed = bytes + SPARE_DISK_BYTES;
  const disk = await statfs(folder);
  const free = disk.bavail * disk.bsize;
  if (free >= needed) return;
  const megabytes = (count: number) => `${Math.ceil(count / 1_000_000)} MB`;
  throw new AppError(
    'disk_full',
    `Expected ${megabytes(needed)} free for ${folder}, got ${megabytes(free)}. Free some space, or choose another cache folder with PARLANCE_CACHE.`,
  );
}
