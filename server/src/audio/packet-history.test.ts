import { expect, test } from 'vitest';
import { PacketHistory } from './packet-history.ts';

const packet = (value: number) => Uint8Array.of(0xf8, value);
const values = (packets: readonly Uint8Array[]) => packets.map((each) => each[1]);

function filled(count: number, warmUpFrames = 3): PacketHistory {
  const history = new PacketHistory(warmUpFrames);
  for (let frame = 0; frame < count; frame += 1) history.push(packet(frame));
  return history;
}

test('a decoder that starts in the middle settles on the frames before', () => {
  const history = filled(8);
  expect(history.end).toBe(8);
  expect(values(history.from(5).warmUp)).toEqual([2, 3, 4]);
  expect(values(history.from(5).owed)).toEqual([5, 6, 7]);
});

test('at the very beginning there is little or nothing to settle on', () => {
  expect(values(filled(4).from(0).warmUp)).toEqual([]);
  expect(values(filled(4).from(2).warmUp)).toEqual([0, 1]);
});

test('[INV4] keeps only what is owed and what settling needs', () => {
  const history = filled(20);
  history.forgetBefore(10);
  history.forgetBefore(9);
  expect(history.end).toBe(20);
  expect(values(history.from(10).warmUp)).toEqual([7, 8, 9]);
  expect(() => history.replace(6, packet(0))).toThrow(/Expected a frame in \[7, 20\)/);
});

test('forgetting everything keeps the count', () => {
  const history = filled(5);
  history.forgetBefore(5);
  expect(history.end).toBe(5);
  history.push(packet(5));
  expect(values(history.from(5).owed)).toEqual([5]);
});

test('another packet takes the place of one', () => {
  const history = filled(3);
  history.replace(1, packet(99));
  expect(values(history.from(0).owed)).toEqual([0, 99, 2]);
  expect(() => history.replace(3, packet(1))).toThrow(RangeError);
});
