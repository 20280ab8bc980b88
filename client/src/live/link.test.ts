import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WireError } from '../../../shared/errors.ts';
import type { SpeakClientEvents, SpeakServerEvents } from '../../../shared/protocol.ts';
import { Backoff } from './backoff.ts';
import { askOnce, GOOD_LINK_MS, Link } from './link.ts';
import { LOST, ScriptedNetwork } from './testing/scripted-wire.ts';
import { localError } from './wire-error.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function dialled(options: { firstTriesMs?: number } = {}) {
  const network = new ScriptedNetwork<SpeakServerEvents, SpeakClientEvents>();
  const told: string[] = [];
  const link = new Link({
    open: network.open,
    events: {},
    greet: (wire) => wire.request('session:stop', { endSeq: 0 }, 1000),
    up: () => told.push('up'),
    down: (error: WireError, attempt: number) => told.push(`down ${attempt} ${error.code}`),
    failed: (error: WireError) => told.push(`failed ${error.code}`),
    backoff: new Backoff(() => 1),
    ...options,
  });
  link.dial();
  const greeted = async () => {
    network.last.accept();
    network.last.asked('session:stop').reply.resolve({ segments: 0, endSeq: 0 });
    await vi.advanceTimersByTimeAsync(0);
  };
  return { network, link, told, greeted };
}

test('a link is up once its greeting is answered', async () => {
  const { network, link, told, greeted } = dialled();
  expect(link.wire).toBeNull();
  await greeted();
  expect(link.wire).toBe(network.last);
  expect(told).toEqual(['up']);
  link.close();
  expect(network.last.closed).toBe(true);
});

test('the first try is the only one', () => {
  const { network, told } = dialled();
  network.last.down();
  expect(told).toEqual(['failed server_unreachable']);
  expect(network.wires).toHaveLength(1);
});

test('a server that does not answer is dialled again while there is time for first tries', async () => {
  const { network, told, greeted, link } = dialled({ firstTriesMs: 3000 });
  network.last.down();
  await vi.advanceTimersByTimeAsync(400);
  network.last.down();
  await vi.advanceTimersByTimeAsync(800);
  expect(network.wires).toHaveLength(3);
  await greeted();
  expect(told).toEqual(['down 1 server_unreachable', 'down 2 server_unreachable', 'up']);
  link.close();
});

test('[INV4] first tries end with the last error, before a pause that is too long', async () => {
  const { network, told } = dialled({ firstTriesMs: 3000 });
  for (const pauseMs of [200, 400, 800]) {
    network.last.down();
    await vi.advanceTimersByTimeAsync(pauseMs);
  }
  network.last.down(localError('shutting_down', 'leaving'));
  expect(network.wires).toHaveLength(4);
  expect(told.at(-1)).toBe('failed shutting_down');
});

test('a greeting without an answer is one of the first tries, too', async () => {
  const { network, told, link } = dialled({ firstTriesMs: 60_000 });
  network.last.accept();
  await vi.advanceTimersByTimeAsync(1000);
  expect(told).toEqual(['down 1 server_unreachable']);
  await vi.advanceTimersByTimeAsync(400);
  expect(network.wires).toHaveLength(2);
  link.close();
});

test.each(['server_busy', 'unauthorized', 'store_unavailable'] as const)(
  'a server that answers %s to the first try is taken at its word',
  (code) => {
    const { network, told } = dialled({ firstTriesMs: 60_000 });
    network.last.down(localError(code, 'no'));
    expect(told).toEqual([`failed ${code}`]);
    expect(network.wires).toHaveLength(1);
  },
);

test('[R10] a lost link is dialled again, after longer and longer pauses', async () => {
  const { network, told, greeted, link } = dialled();
  await greeted();
  network.last.down();
  await vi.advanceTimersByTimeAsync(199);
  expect(network.wires).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(network.wires).toHaveLength(2);
  network.last.down();
  await vi.advanceTimersByTimeAsync(399);
  expect(network.wires).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(network.wires).toHaveLength(3);
  await greeted();
  expect(told).toEqual(['up', 'down 1 server_unreachable', 'down 2 server_unreachable', 'up']);
  link.close();
});

test('pauses begin anew only after a link that held', async () => {
  const { network, told, greeted, link } = dialled();
  await greeted();
  network.last.down();
  await vi.advanceTimersByTimeAsync(400);
  await greeted();
  await vi.advanceTimersByTimeAsync(GOOD_LINK_MS - 1);
  network.last.down();
  await vi.advanceTimersByTimeAsync(800);
  await greeted();
  await vi.advanceTimersByTimeAsync(GOOD_LINK_MS);
  network.last.down();
  expect(told.filter((line) => line.startsWith('down'))).toEqual([
    'down 1 server_unreachable',
    'down 2 server_unreachable',
    'down 1 server_unreachable',
  ]);
  link.close();
});

test('a refused greeting counts as a failed try, and waits as long as it was told', async () => {
  const { network, told, greeted, link } = dialled();
  await greeted();
  network.last.down();
  await vi.advanceTimersByTimeAsync(400);
  network.last.accept();
  const busy = { ...localError('server_busy', 'full'), retryAfterMs: 4000 };
  network.last.asked('session:stop').reply.reject(busy);
  await vi.advanceTimersByTimeAsync(4799);
  expect(network.wires).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(network.wires).toHaveLength(3);
  expect(told).toEqual(['up', 'down 1 server_unreachable', 'down 2 server_busy']);
  link.close();
});

test('a link that its server asks to leave is dialled again at once; one that fails then waits', async () => {
  const { network, told, greeted, link } = dialled();
  await greeted();
  link.drop(localError('server_draining', 'leaving'));
  await vi.advanceTimersByTimeAsync(0);
  expect(network.wires).toHaveLength(2);
  network.last.down();
  await vi.advanceTimersByTimeAsync(199);
  expect(network.wires).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  network.last.accept();
  network.last.asked('session:stop').reply.reject(localError('server_draining', 'leaving too'));
  await vi.advanceTimersByTimeAsync(0);
  expect(network.wires).toHaveLength(3);
  expect(told).toEqual([
    'up',
    'down 0 server_draining',
    'down 1 server_unreachable',
    'down 2 server_draining',
  ]);
  link.close();
});

test('an error that is not retryable ends it', async () => {
  const { network, told, greeted } = dialled();
  await greeted();
  network.last.down();
  await vi.advanceTimersByTimeAsync(400);
  network.last.down(localError('unauthorized', 'no'));
  expect(told).toEqual(['up', 'down 1 server_unreachable', 'failed unauthorized']);
});

test('a greeting that is never answered counts as a lost link', async () => {
  const { network, told, link, greeted } = dialled();
  await greeted();
  network.last.down();
  await vi.advanceTimersByTimeAsync(400);
  network.last.accept();
  await vi.advanceTimersByTimeAsync(1000);
  expect(told).toEqual(['up', 'down 1 server_unreachable', 'down 2 server_unreachable']);
  link.close();
});

test('what a given-up wire still says changes nothing', async () => {
  const { network, told, link, greeted } = dialled();
  await greeted();
  const first = network.last;
  link.drop(LOST);
  first.down();
  link.drop(LOST);
  expect(told).toEqual(['up', 'down 1 server_unreachable']);
  link.close();
  link.close();
});

test('one question over a connection of its own, which is closed after the answer', async () => {
  const network = new ScriptedNetwork<SpeakServerEvents, SpeakClientEvents>();
  const { answer } = askOnce(network.open, (wire) => wire.request('session:stop', { endSeq: 1 }));
  network.last.accept();
  network.last.asked('session:stop').reply.resolve({ segments: 3, endSeq: 1 });
  await expect(answer).resolves.toEqual({ segments: 3, endSeq: 1 });
  expect(network.last.closed).toBe(true);
});

test('a question may be taken back', async () => {
  const network = new ScriptedNetwork<SpeakServerEvents, SpeakClientEvents>();
  const { answer, cancel } = askOnce(network.open, (wire) =>
    wire.request('session:stop', { endSeq: 1 }),
  );
  cancel();
  await expect(answer).rejects.toMatchObject({ code: 'server_unreachable' });
  expect(network.last.closed).toBe(true);
});
