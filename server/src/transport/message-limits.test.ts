import { EventEmitter } from 'node:events';
import type { Socket } from 'socket.io';
import { expect, test, vi } from 'vitest';
import {
  BYTES_BURST,
  BYTES_PER_SECOND,
  MESSAGE_BURST,
  MESSAGES_PER_SECOND,
  MessageLimits,
} from './message-limits.ts';

function watched() {
  let now = 0;
  const refused = vi.fn();
  const told = vi.fn();
  const close = vi.fn();
  const limits = new MessageLimits({ refused, now: () => now });
  const connection = Object.assign(new EventEmitter(), { close });
  limits.watch(connection);
  limits.name({ conn: connection } as unknown as Socket, told);
  const send = (count: number, data?: unknown) => {
    for (let at = 0; at < count; at += 1) connection.emit('packet', { type: 'message', data });
  };
  const pass = (ms: number) => {
    now += ms;
  };
  return { send, pass, refused, told, close };
}

const limited = expect.objectContaining({ code: 'rate_limited' });

test('[INV4] a flood of messages is cut and named', () => {
  const { send, refused, told, close } = watched();
  send(MESSAGE_BURST, 'x');
  expect(close).not.toHaveBeenCalled();
  send(1, 'x');
  expect(close).toHaveBeenCalledTimes(1);
  expect(told).toHaveBeenCalledWith(limited);
  expect(refused).toHaveBeenCalledWith(limited);
});

test('[INV4] a flood of bytes is cut too, as text or as binary', () => {
  for (const data of ['x'.repeat(BYTES_BURST / 8), Buffer.alloc(BYTES_BURST / 8)]) {
    const { send, close } = watched();
    send(8, data);
    expect(close).not.toHaveBeenCalled();
    send(1, data);
    expect(close).toHaveBeenCalledTimes(1);
  }
});

test('who sends what the limits allow may do so for ever', () => {
  const { send, pass, close } = watched();
  send(MESSAGE_BURST);
  for (let second = 0; second < 1_000; second += 1) {
    pass(1_000);
    send(MESSAGES_PER_SECOND, Buffer.alloc(BYTES_PER_SECOND / MESSAGES_PER_SECOND));
  }
  expect(close).not.toHaveBeenCalled();
});

test('a peer that has joined nothing is cut without a word', () => {
  const close = vi.fn();
  const refused = vi.fn();
  const connection = Object.assign(new EventEmitter(), { close });
  new MessageLimits({ refused, now: () => 0 }).watch(connection);
  for (let at = 0; at <= MESSAGE_BURST; at += 1) connection.emit('packet', {});
  expect(close).toHaveBeenCalledTimes(1);
});
