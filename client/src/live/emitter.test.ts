import { expect, test, vi } from 'vitest';
import { Emitter } from './emitter.ts';

test('a listener hears its event until it stops listening', () => {
  const emitter = new Emitter<{ said: string; other: number }>();
  const heard: string[] = [];
  const stop = emitter.on('said', (text) => heard.push(text));
  emitter.emit('said', 'one');
  emitter.emit('other', 1);
  stop();
  stop();
  emitter.emit('said', 'two');
  expect(heard).toEqual(['one']);
});

test('one function that listens twice hears twice, and stops once at a time', () => {
  const emitter = new Emitter<{ said: string }>();
  const listener = vi.fn();
  const stop = emitter.on('said', listener);
  emitter.on('said', listener);
  stop();
  emitter.emit('said', 'one');
  expect(listener).toHaveBeenCalledTimes(1);
});

test('[INV5] a listener that throws keeps nobody else from hearing, and is reported', () => {
  const emitter = new Emitter<{ said: string }>();
  const report = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation(() => {});
  const heard: string[] = [];
  emitter.on('said', () => {
    throw new Error('broken page');
  });
  emitter.on('said', (text) => heard.push(text));
  emitter.emit('said', 'one');
  const [[rethrow] = []] = report.mock.calls;
  report.mockRestore();
  expect(heard).toEqual(['one']);
  expect(rethrow).toThrow('broken page');
});

test('a listener may leave while it is called', () => {
  const emitter = new Emitter<{ said: string }>();
  const heard: string[] = [];
  const stop = emitter.on('said', () => stop());
  emitter.on('said', (text) => heard.push(text));
  emitter.emit('said', 'one');
  expect(heard).toEqual(['one']);
});
