import { expect, test } from 'vitest';
import type { PlacedEntry } from '../../../shared/captions.ts';
import { compareCursors } from '../../../shared/cursor.ts';
import type { AppError } from '../../../shared/errors.ts';
import { BoundedQueue } from '../async/bounded-queue.ts';
import { MAX_JOINING_ENTRIES, type RecordSource, RoomFeed, type Seat } from './room-feed.ts';

const entry = (number: number): PlacedEntry => ({
  type: 'gap',
  gap: { session: 's', fromSeq: number, toSeq: number + 1 },
  cursor: `${number}-0`,
});

/** A record in memory; `hold` makes history wait, as a slow store does. */
function scriptedRecord() {
  const entries: PlacedEntry[] = [];
  const live = new BoundedQueue<PlacedEntry>(10_000);
  let held: Promise<void> = Promise.resolve();
  const source: RecordSource = {
    history: async (_room, after, limit, keep = () => true) => {
      await held;
      const later = entries.filter((at) => after === null || compareCursors(at.cursor, after) > 0);
      const cursor = entries.at(-1)?.cursor ?? '0-0';
      return { entries: later.filter(keep).slice(-limit), cursor, truncated: false };
    },
    follow: (_room, _after, signal) => {
      signal.addEventListener('abort', () => live.end());
      return live;
    },
  };
  return {
    source,
    live,
    add: (number: number) => {
      entries.push(entry(number));
      live.offer(entry(number));
    },
    hold: () => {
      let release = () => {};
      held = new Promise((resolve) => {
        release = () => resolve();
      });
      return release;
    },
  };
}

function scriptedSeat(wants: (entry: PlacedEntry) => boolean = () => true) {
  const got: string[] = [];
  const errors: AppError[] = [];
  const seat: Seat = {
    role: 'viewer',
    wants,
    deliver: (at) => got.push(at.cursor),
    lost: (error) => errors.push(error),
  };
  return { seat, got, errors };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('[INV3] history, then live: no gap and no double where they meet', async () => {
  const record = scriptedRecord();
  const feed = new RoomFeed(record.source, 'room');
  const first = scriptedSeat();
  await feed.join(first.seat, null);
  record.add(1);
  record.add(2);
  await settle();
  expect(first.got).toEqual(['1-0', '2-0']);

  const release = record.hold();
  const late = scriptedSeat();
  const joining = feed.join(late.seat, null);
  record.add(3);
  await settle();
  release();
  const history = await joining;
  record.add(4);
  await settle();
  expect([...history.entries.map((at) => at.cursor), ...late.got]).toEqual([
    '1-0',
    '2-0',
    '3-0',
    '4-0',
  ]);
  await feed.close();
});

test('[INV3] a viewer that returns gets what came after its last cursor', async () => {
  const record = scriptedRecord();
  for (const number of [1, 2, 10, 11]) record.add(number);
  const feed = new RoomFeed(record.source, 'room');
  const { entries } = await feed.join(scriptedSeat().seat, '2-0');
  expect(entries.map((at) => at.cursor)).toEqual(['10-0', '11-0']);
  await feed.close();
});

test('a seat gets only what it wants, and nothing once it left', async () => {
  const record = scriptedRecord();
  const feed = new RoomFeed(record.source, 'room');
  const even = scriptedSeat((at) => at.type === 'gap' && at.gap.fromSeq % 2 === 0);
  await feed.join(even.seat, null);
  for (const number of [1, 2, 3, 4]) record.add(number);
  await settle();
  feed.leave(even.seat);
  record.add(6);
  await settle();
  expect(even.got).toEqual(['2-0', '4-0']);
  await feed.close();
});

test('[INV4] a seat whose history takes too long is sent away by name', async () => {
  const record = scriptedRecord();
  const feed = new RoomFeed(record.source, 'room');
  const steady = scriptedSeat();
  await feed.join(steady.seat, null);
  const release = record.hold();
  const slow = scriptedSeat();
  const joining = feed.join(slow.seat, null);
  for (let number = 1; number <= MAX_JOINING_ENTRIES + 1; number += 1) record.add(number);
  await settle();
  release();
  await joining;
  expect(slow.errors.map((error) => error.code)).toEqual(['slow_viewer']);
  expect(steady.got).toHaveLength(MAX_JOINING_ENTRIES + 1);
  await feed.close();
});

test('when the record can not be followed, every seat is told', async () => {
  const record = scriptedRecord();
  const feed = new RoomFeed(record.source, 'room');
  const viewer = scriptedSeat();
  await feed.join(viewer.seat, null);
  record.live.fail(new Error('broken'));
  await settle();
  expect(viewer.errors.map((error) => error.code)).toEqual(['store_unavailable']);
  expect(feed.seats).toBe(0);
});

test('two that join at the same moment share one place in the record', async () => {
  const record = scriptedRecord();
  const feed = new RoomFeed(record.source, 'room');
  const [one, two] = [scriptedSeat(), scriptedSeat()];
  await Promise.all([feed.join(one.seat, null), feed.join(two.seat, null)]);
  record.add(1);
  await settle();
  expect(one.got).toEqual(['1-0']);
  expect(two.got).toEqual(['1-0']);
  await feed.close();
});

test('cursors are ordered as numbers, however long', () => {
  const ordered = ['0-0', '9-5', '10-0', '10-2', '10-10', '99999999999999999999-1'];
  expect([...ordered].reverse().sort(compareCursors)).toEqual(ordered);
});
