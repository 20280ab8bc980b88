import { createHash } from 'node:crypto';

const LENGTH = 12;

/**
 * How logs name a room (INV7): on an open server its name is what lets people in. Whoever knows the
 * name finds its lines: `printf %s NAME | sha256sum | cut -c1-12`.
 */
export function roomId(room: string): string {
  return createHash('sha256').update(room).digest('hex').slice(0, LENGTH);
}
