import { expect, test } from 'vitest';
import {
  MAX_FRAMES_PER_MESSAGE,
  SEND_WINDOW_FRAMES,
  WARM_UP_FRAMES,
} from '../../../shared/limits.ts';
import { FrameRing } from './frame-ring.ts';
import { FrameSender, type Outgoing } from './frame-sender.ts';

function senderWith(frames: number, capacity = 1000): FrameSender {
  const sender = new FrameSender(new FrameRing(capacity));
  pushTo(sender, frames);
  return sender;
}

function pushTo(sender: FrameSender, frames: number): void {
  for (let count = 0; count < frames; count += 1) sender.push(new Uint8Array([1]));
}

/** Ranges of what goes out, as `[first, end)`, a gap in angle brackets. */
function drain(sender: FrameSender, minFrames = 1): string[] {
  const out: string[] = [];
  for (let next = sender.take(minFrames); next !== null; next = sender.take(minFrames)) {
    out.push(describe(next));
  }
  return out;
}

function describe(next: Outgoing): string {
  if (next.kind === 'gap') return `<${next.gap.fromSeq},${next.gap.toSeq})`;
  return `[${next.firstSeq},${next.firstSeq + next.frames.length})`;
}

test('frames go out in messages of at most a second', () => {
  const sender = senderWith(120);
  expect(drain(sender)).toEqual(['[0,50)', '[50,100)', '[100,120)']);
  expect(MAX_FRAMES_PER_MESSAGE).toBe(50);
});

test('fewer frames than a batch wait', () => {
  const sender = senderWith(4);
  expect(drain(sender, 5)).toEqual([]);
  expect(drain(sender, 1)).toEqual(['[0,4)']);
});

test('[INV4] at most the window lies beyond the received ack', () => {
  const sender = senderWith(400);
  drain(sender);
  expect(sender.inFlight).toBe(SEND_WINDOW_FRAMES);
  expect(sender.blocked).toBe(true);
  sender.received(30);
  expect(drain(sender)).toEqual(['[250,280)']);
});

test('acks go forward only, and never beyond what was sent', () => {
  const sender = senderWith(100);
  sender.take(1);
  sender.received(80);
  expect(sender.receivedSeq).toBe(50);
  sender.received(20);
  expect(sender.receivedSeq).toBe(50);
  sender.acked(40);
  sender.acked(10);
  expect(sender.ackedSeq).toBe(40);
});

test('[R13] [INV1] go-back-N: what the server misses goes out again from there', () => {
  const sender = senderWith(100);
  drain(sender);
  sender.received(60);
  expect(sender.rewind(70)).toBe(true);
  expect(drain(sender)).toEqual(['[70,100)']);
  expect(sender.rewind(100)).toBe(false);
  expect(sender.rewind(59)).toBe(false);
  expect(sender.rewind(400)).toBe(false);
});

test('[INV2] what arrived after all is not sent again', () => {
  const sender = senderWith(100);
  drain(sender);
  sender.rewind(10);
  sender.received(90);
  expect(drain(sender)).toEqual(['[90,100)']);
});

test('[R5] [INV1] a resumed session goes on where the server waits', () => {
  const sender = senderWith(100);
  drain(sender);
  sender.received(100);
  sender.acked(60);
  sender.resume(55, 60, 20);
  expect(sender.receivedSeq).toBe(55);
  expect(drain(sender)).toEqual(['[55,75)']);
});

test('[R7] [INV1] ring overflow: the gap goes out first, then the rest', () => {
  const sender = senderWith(30, 20);
  expect(sender.lost).toEqual({ fromSeq: 0, toSeq: 10 });
  expect(drain(sender)).toEqual(['<0,10)', '[10,30)']);
  expect(sender.lost).toBeNull();
});

test('[INV1] frames that were sent are no loss until a resume asks for them', () => {
  const sender = senderWith(20, 20);
  drain(sender);
  sender.received(20);
  pushTo(sender, 10);
  expect(sender.lost).toBeNull();
  sender.resume(4, 4, 250);
  expect(drain(sender)).toEqual(['<4,10)', '[10,30)']);
});

test('a gap wider than the window holds the rest back until the server took note of it', () => {
  const sender = senderWith(100, 20);
  sender.resume(0, 0, 40);
  expect(drain(sender)).toEqual(['<0,80)']);
  sender.received(80);
  expect(drain(sender)).toEqual(['[80,100)']);
});

test('a gap that grows behind a full window is declared once', () => {
  const sender = senderWith(20, 20);
  sender.resume(0, 0, 10);
  drain(sender);
  for (let more = 0; more < 30; more += 1) {
    pushTo(sender, 1);
    expect(drain(sender)).toEqual([]);
  }
  sender.received(10);
  expect(drain(sender)).toEqual(['<10,30)']);
});

test('a source is held while the window or the ring is full', () => {
  const sender = senderWith(SEND_WINDOW_FRAMES - 1);
  expect(sender.writable).toBe(true);
  pushTo(sender, 1);
  expect(sender.writable).toBe(false);
  drain(sender);
  sender.received(1);
  expect(sender.writable).toBe(true);
  const small = senderWith(20, 20);
  expect(small.writable).toBe(false);
});

test('[R12] [INV1] the time the page was away goes out as a gap, between what came before and after', () => {
  const sender = senderWith(20);
  drain(sender);
  sender.skip(500);
  expect(sender.lost).toBeNull();
  expect(sender.nextSeq).toBe(520);
  expect(sender.take(1)).toEqual({ kind: 'gap', gap: { fromSeq: 20, toSeq: 520 }, cause: 'away' });
  pushTo(sender, 5);
  expect(drain(sender)).toEqual([]);
  sender.received(520);
  expect(drain(sender)).toEqual(['[520,525)']);
});

test('[R12] [INV1] a session that goes on after a reload sends again what the server misses', () => {
  const sender = new FrameSender(new FrameRing(1000, 300));
  pushTo(sender, 140);
  sender.skip(100);
  sender.resume(420 - WARM_UP_FRAMES, 420, 250);
  expect(sender.lost).toBeNull();
  const [first, ...rest] = drain(sender);
  expect(first).toMatch(new RegExp(`^\\[${420 - WARM_UP_FRAMES},`));
  expect(rest.at(-1)).toBe('<440,540)');
});

test('[R12] [INV2] a number is never used twice: the server may have more than a reloaded page found', () => {
  const sender = new FrameSender(new FrameRing(1000, 300));
  pushTo(sender, 10);
  sender.resume(300, 318, 250);
  expect(sender.nextSeq).toBe(318);
  expect(sender.push(new Uint8Array([1]))).toBe(318);
});
