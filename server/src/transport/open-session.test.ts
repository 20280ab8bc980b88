import { expect, test, vi } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import type { SessionState } from '../store/transcript-store.ts';
import { openSession, type SessionOpening } from './open-session.ts';

const state = { key: { room: 'r', session: 's', epoch: 1 } } as SessionState;
const gone = new AppError('shutting_down', 'The connection ended.');
const refused = new AppError('session_not_found', 'No such session.');

/** Everything that an opening does, in order; what `fails` names rejects, in `ends` the client goes. */
function opened({ fails, ends }: { readonly fails?: string; readonly ends?: string }) {
  const done: string[] = [];
  const abort = new AbortController();
  const step =
    <T>(name: string, outcome: T) =>
    async (): Promise<T> => {
      done.push(name);
      if (name === ends) abort.abort(gone);
      if (name === fails) throw refused;
      return outcome;
    };
  const decoder = { close: step('close the decoder', undefined) };
  const hub = { join: step('sit', { entries: [] }), leave: () => void done.push('leave') };
  const giveBack = vi.fn(async (taken: SessionState | null) => {
    done.push(taken === null ? 'forgo' : 'give back');
  });
  const opening: SessionOpening = {
    reads: [],
    after: null,
    check: step('check', undefined),
    take: step('take', state),
    giveBack,
    seatFor: () => ({}) as never,
  };
  const parts = { decoders: { acquire: step('decoder', decoder) }, hub };
  const outcome = openSession(parts as never, opening, () => 'alive', abort.signal);
  return { outcome, done };
}

test('everything is taken in the order of what it costs', async () => {
  const { outcome, done } = opened({});
  expect(await outcome).toBe('alive');
  expect(done).toEqual(['check', 'decoder', 'take', 'sit']);
});

test.each([
  ['check', ['check']],
  ['decoder', ['check', 'decoder', 'forgo']],
  ['take', ['check', 'decoder', 'take', 'close the decoder', 'forgo']],
  ['sit', ['check', 'decoder', 'take', 'sit', 'close the decoder', 'give back']],
])('[INV4] where the %s fails, what was taken before is given back', async (fails, expected) => {
  const { outcome, done } = opened({ fails });
  await expect(outcome).rejects.toBe(refused);
  expect(done).toEqual(expected);
});

test.each([
  ['check', ['check', 'forgo']],
  ['take', ['check', 'decoder', 'take', 'close the decoder', 'give back']],
  ['sit', ['check', 'decoder', 'take', 'sit', 'leave', 'close the decoder', 'give back']],
])('[INV4] a connection that ends during the %s keeps nothing', async (ends, expected) => {
  const { outcome, done } = opened({ ends });
  await expect(outcome).rejects.toBe(gone);
  expect(done).toEqual(expected);
});
