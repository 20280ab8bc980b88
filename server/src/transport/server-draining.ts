import { AppError } from '../../../shared/errors.ts';

/** What a node that is leaving tells whoever comes, and whoever it sends away. */
export function serverDraining(): AppError {
  return new AppError(
    'server_draining',
    'Expected a node that stays, but this one is leaving: connect again, another takes you up.',
  );
}
