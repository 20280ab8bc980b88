import { AppError } from '../../../shared/errors.ts';

/** Gives a refusal of the file system the product's name and says what to do. */
export function diskError(error: unknown, path: string): AppError {
  if (error instanceof AppError) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code ?? 'no code';
  const elsewhere = 'or choose another cache folder with PARLANCE_CACHE.';
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new AppError(
        'disk_full',
        `Expected room on the disk for ${path}, got ${code}. Free some space, ${elsewhere}`,
        { cause: error },
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EEXIST':
      return new AppError(
        'invalid_setting',
        `Expected to be allowed to write ${path}, got ${code}. Change its rights, ${elsewhere}`,
        { cause: error },
      );
    default:
      return new AppError('internal', `Expected to write ${path}, got ${code}.`, { cause: error });
  }
}
