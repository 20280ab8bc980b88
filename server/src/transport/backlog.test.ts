import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { Backlog, MAX_BACKLOG_BYTES } from './backlog.ts';

test('[INV4] what is queued counts until it is handed over', () => {
  const connection = new EventEmitter();
  const backlog = new Backlog(connection);
  expect(backlog.bytes).toBe(0);
  connection.emit('packetCreate', { data: 'twelve bytes' });
  connection.emit('packetCreate', { data: new Uint8Array(30) });
  connection.emit('packetCreate', { type: 'ping' });
  expect(backlog.bytes).toBe(42);
  connection.emit('flush');
  expect(backlog.bytes).toBe(0);
});

test('[INV4] it is full above its limit, not at it', () => {
  const connection = new EventEmitter();
  const backlog = new Backlog(connection);
  connection.emit('packetCreate', { data: 'x'.repeat(MAX_BACKLOG_BYTES) });
  expect(backlog.full).toBe(false);
  connection.emit('packetCreate', { data: 'x' });
  expect(backlog.full).toBe(true);
});
