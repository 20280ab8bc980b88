import { expect, test, vi } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { REFUSAL_LOG_MS, RefusalLog } from './refusal-log.ts';

test('[INV4] a flood of refusals is a line a minute for each kind, with how many there were', () => {
  let now = 0;
  const warn = vi.fn();
  const refusals = new RefusalLog({ warn }, () => now);
  const origin = new AppError('origin_refused', 'Expected our page.');
  for (let count = 0; count < 1_000; count += 1) refusals.note(origin);
  refusals.note(new AppError('server_full', 'Expected fewer.'));
  expect(warn.mock.calls).toEqual([
    [{ code: 'origin_refused', before: 0 }, 'connection refused: Expected our page.'],
    [{ code: 'server_full', before: 0 }, 'connection refused: Expected fewer.'],
  ]);
  now = REFUSAL_LOG_MS;
  refusals.note(origin);
  expect(warn).toHaveBeenLastCalledWith(
    { code: 'origin_refused', before: 999 },
    'connection refused: Expected our page.',
  );
});
