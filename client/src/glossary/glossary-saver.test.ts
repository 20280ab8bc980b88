import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { type Deferred, deferred } from '../live/deferred.ts';
import { GlossarySaver, SAVE_AFTER_MS, type Saving } from './glossary-saver.ts';
import type { Glossary } from './schema.ts';
import { glossaryEntry } from './testing/glossary-entry.ts';

const list = (term: string) => [glossaryEntry(term)];

let told: Saving['kind'][];
let sent: { entries: Glossary; answer: Deferred<void> }[];
let saver: GlossarySaver;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  sent = [];
  saver = new GlossarySaver(
    (entries) => {
      const answer = deferred<void>();
      sent.push({ entries, answer });
      return answer.promise;
    },
    (saving) => told.push(saving.kind),
  );
});
afterEach(() => {
  saver.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

async function answer(index: number, error?: Error): Promise<void> {
  if (error === undefined) sent[index]?.answer.resolve();
  else sent[index]?.answer.reject(error);
  await vi.advanceTimersByTimeAsync(0);
}

describe('GlossarySaver', () => {
  it('sends several changes in a row as one, the last', async () => {
    saver.changed(list('a'));
    vi.advanceTimersByTime(SAVE_AFTER_MS - 1);
    saver.changed(list('b'));
    vi.advanceTimersByTime(SAVE_AFTER_MS - 1);
    expect(sent).toHaveLength(0);
    vi.advanceTimersByTime(1);
    expect(sent.map(({ entries }) => entries)).toEqual([list('b')]);
    await answer(0);
    expect(told.at(-1)).toBe('saved');
  });

  it('sends one at a time, so that the last change has the last word', async () => {
    saver.changed(list('a'));
    saver.flush();
    saver.changed(list('b'));
    vi.advanceTimersByTime(SAVE_AFTER_MS);
    expect(sent).toHaveLength(1);
    await answer(0);
    expect(told.at(-1)).toBe('saving');
    expect(sent[1]?.entries).toEqual(list('b'));
    await answer(1);
    expect(told.at(-1)).toBe('saved');
  });

  it('does not call saved what changed again meanwhile', async () => {
    saver.changed(list('a'));
    saver.flush();
    saver.changed(list('b'));
    await answer(0);
    expect(told).not.toContain('saved');
    vi.advanceTimersByTime(SAVE_AFTER_MS);
    await answer(1);
    expect(told.at(-1)).toBe('saved');
  });

  it('tells what went wrong, and keeps the list for another try', async () => {
    const tell = vi.fn<(saving: Saving) => void>();
    let fails = true;
    const failing = new GlossarySaver(async () => {
      if (fails) throw new AppError('store_unavailable', 'Expected the store, got none.');
    }, tell);
    failing.changed(list('a'));
    failing.flush();
    await vi.advanceTimersByTimeAsync(0);
    expect(tell).toHaveBeenLastCalledWith({
      kind: 'failed',
      problem: expect.objectContaining({ code: 'store_unavailable', retryable: true }),
    });
    fails = false;
    failing.flush();
    await vi.advanceTimersByTimeAsync(0);
    expect(tell).toHaveBeenLastCalledWith({ kind: 'saved' });
    failing.close();
  });

  it('is silent once it is closed', async () => {
    saver.changed(list('a'));
    saver.flush();
    saver.changed(list('b'));
    saver.close();
    saver.close();
    saver.changed(list('c'));
    const before = told.length;
    await answer(0);
    vi.advanceTimersByTime(10 * SAVE_AFTER_MS);
    expect(sent).toHaveLength(1);
    expect(told).toHaveLength(before);
  });
});
