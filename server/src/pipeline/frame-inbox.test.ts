import { expect, test } from 'vitest';
import { SEND_WINDOW_FRAMES } from '../../../shared/limits.ts';
import { FrameInbox } from './frame-inbox.ts';

const frames = (count: number) => Array.from({ length: count }, (_, at) => new Uint8Array([at]));
const message = (firstSeq: number, count: number) => ({
  firstSeq,
  epoch: 1,
  frames: frames(count),
});

test('[R13] [INV2] frames that were sent again are dropped and counted', async () => {
  const inbox = new FrameInbox(10);
  inbox.receive(message(10, 5));
  inbox.receive(message(8, 4));
  inbox.receive(message(13, 4));
  inbox.end(17);
  const seqs: number[] = [];
  for await (const item of inbox) {
    if (item.kind !== 'frames') continue;
    for (const at of item.frames.keys()) seqs.push(item.firstSeq + at);
  }
  expect(seqs).toEqual([10, 11, 12, 13, 14, 15, 16]);
  expect(inbox.duplicates).toBe(6);
});

test('[R13] a jump is refused with the frame that is expected, and nothing is kept', () => {
  const inbox = new FrameInbox(0);
  inbox.receive(message(0, 2));
  expect(() => inbox.receive(message(5, 1))).toThrow(
    expect.objectContaining({ code: 'audio_gap', expectedSeq: 2 }),
  );
  expect(inbox.nextSeq).toBe(2);
});

test('[R7] [INV1] a declared gap takes the place of its frames', async () => {
  const inbox = new FrameInbox(0);
  inbox.receive(message(0, 2));
  expect(() => inbox.declareGap(4, 9)).toThrow(expect.objectContaining({ code: 'audio_gap' }));
  inbox.declareGap(1, 9);
  inbox.declareGap(2, 9);
  inbox.receive(message(9, 1));
  inbox.end(10);
  const items = [];
  for await (const item of inbox) items.push(item.kind === 'gap' ? item : item.firstSeq);
  expect(items).toEqual([0, { kind: 'gap', fromSeq: 2, toSeq: 9 }, 9]);
});

test('[INV4] frames beyond the window are refused until the pipeline has taken some', async () => {
  const inbox = new FrameInbox(0);
  for (let seq = 0; seq < SEND_WINDOW_FRAMES; seq += 50) inbox.receive(message(seq, 50));
  expect(() => inbox.receive(message(SEND_WINDOW_FRAMES, 1))).toThrow(
    expect.objectContaining({ code: 'audio_too_fast' }),
  );
  const reader = inbox[Symbol.asyncIterator]();
  await reader.next();
  await reader.next();
  expect(inbox.takenSeq).toBe(50);
  inbox.receive(message(SEND_WINDOW_FRAMES, 50));
});

test('[INV4] a flood of gaps is refused like a flood of frames', () => {
  const inbox = new FrameInbox(0);
  const flood = () => {
    for (let seq = 0; seq < 2 * SEND_WINDOW_FRAMES; seq += 1) inbox.declareGap(seq, seq + 1);
  };
  expect(flood).toThrow(expect.objectContaining({ code: 'audio_too_fast' }));
});

test('stopping with frames missing is refused', () => {
  const inbox = new FrameInbox(0);
  inbox.receive(message(0, 3));
  expect(() => inbox.end(4)).toThrow(expect.objectContaining({ expectedSeq: 3 }));
});
