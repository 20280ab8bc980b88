import { expect, test } from 'vitest';
import { AppError, ERROR_CODES } from '../../../shared/errors.ts';
import { isHopeless, OK, outcomeOf, outcomeOfCode, outcomeOfStatus } from './outcome.ts';

test('a limit that the server names is a refusal, anything else a failure', () => {
  const kinds = Object.keys(ERROR_CODES).map((code) => [code, outcomeOfCode(code).kind]);
  const refusals = kinds.filter(([, kind]) => kind === 'refused').map(([code]) => code);
  expect(refusals.sort()).toEqual([
    'rate_limited',
    'request_timeout',
    'room_full',
    'server_busy',
    'server_draining',
    'server_full',
    'shutting_down',
    'slow_viewer',
    'too_many_sessions',
  ]);
  expect(outcomeOf(new AppError('server_busy', ''))).toEqual({
    kind: 'refused',
    code: 'server_busy',
  });
  expect(outcomeOf(new Error('a mistake of ours'))).toEqual({ kind: 'failed', code: 'internal' });
});

test('HTTP names two limits; a handshake that was answered so tells it in its text only', () => {
  expect([429, 503, 500, 404].map((status) => outcomeOfStatus(status).kind)).toEqual([
    ...['refused', 'refused', 'failed', 'failed'],
  ]);
  const said = 'Expected http://localhost:1 to answer, got: Unexpected server response: 503.';
  expect(outcomeOf(new AppError('server_unreachable', said))).toEqual({
    kind: 'refused',
    code: 'http_503',
  });
  expect(outcomeOf(new AppError('server_unreachable', 'got: ECONNREFUSED.'))).toEqual({
    kind: 'failed',
    code: 'server_unreachable',
  });
});

test('what all the others would be told, too, ends the whole run', () => {
  const hopeless = ['unauthorized', 'key_revoked', 'server_busy'].map((code) =>
    isHopeless(outcomeOfCode(code)),
  );
  expect(hopeless).toEqual([true, true, false]);
  expect(isHopeless(OK)).toBe(false);
});
