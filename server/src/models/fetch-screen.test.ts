import { expect, test } from 'vitest';
import { FetchScreen } from './fetch-screen.ts';

function recorder(terminal: { isTTY?: boolean; columns?: number } = {}) {
  const written: string[] = [];
  return { ...terminal, written, write: (text: string) => written.push(text) };
}

const total = 40_000_000;

test('without a terminal a line comes every quarter', () => {
  const out = recorder();
  const screen = new FetchScreen(out);
  screen.report({ kind: 'source', title: 'the maker', bytes: total });
  for (let done = 0; done <= total; done += total / 200) {
    screen.report({ kind: 'progress', receivedBytes: done, totalBytes: total });
  }
  screen.end();
  expect(out.written.join('')).toBe(
    [
      '    from the maker, 40.0 MB',
      '    25 % of 40.0 MB',
      '    50 % of 40.0 MB',
      '    75 % of 40.0 MB',
      '    100 % of 40.0 MB',
      '',
    ].join('\n'),
  );
});

test('on a terminal one line is drawn over, at most ten times a second', () => {
  const out = recorder({ isTTY: true, columns: 80 });
  let now = 0;
  const screen = new FetchScreen(out, () => now);
  screen.report({ kind: 'source', title: 'the maker', bytes: total });
  for (let done = 0; done < total; done += total / 1000) {
    now += 1;
    screen.report({ kind: 'progress', receivedBytes: done, totalBytes: total });
  }
  screen.report({ kind: 'progress', receivedBytes: total, totalBytes: total });
  screen.end();
  const bars = out.written.filter((text) => text.startsWith('\r'));
  expect(bars.length).toBeLessThanOrEqual(12);
  expect(bars.at(-1)).toContain('100 %');
  for (const bar of bars) expect(bar.length).toBe(80);
  expect(out.written.at(-1)).toBe('\n');
});

test('the rate counts only what came now, not what a resumed file had', () => {
  const out = recorder({ isTTY: true, columns: 80 });
  let now = 0;
  const screen = new FetchScreen(out, () => now);
  screen.report({ kind: 'source', title: 'the maker', bytes: total });
  screen.report({ kind: 'progress', receivedBytes: 30_000_000, totalBytes: total });
  now = 1_000;
  screen.report({ kind: 'progress', receivedBytes: 32_000_000, totalBytes: total });
  expect(out.written.at(-1)).toContain('32.0 MB of 40.0 MB, 2.0 MB/s');
});

test('a bar never wraps on a narrow terminal', () => {
  const out = recorder({ isTTY: true, columns: 30 });
  const screen = new FetchScreen(out);
  screen.report({ kind: 'progress', receivedBytes: 1, totalBytes: total });
  expect(out.written[0]?.length).toBe(30);
});

test('a terminal that tells no width gets 80 columns', () => {
  const out = recorder({ isTTY: true, columns: 0 });
  const screen = new FetchScreen(out);
  screen.report({ kind: 'progress', receivedBytes: 1, totalBytes: total });
  expect(out.written[0]?.length).toBe(80);
});

test('what is said after a bar begins on its own line', () => {
  const out = recorder({ isTTY: true });
  const screen = new FetchScreen(out);
  screen.report({ kind: 'progress', receivedBytes: 1, totalBytes: total });
  screen.report({ kind: 'source-failed', title: 'the maker', message: 'got 404' });
  screen.report({ kind: 'waiting' });
  expect(out.written.slice(1)).toEqual([
    '\n',
    '    the maker did not give it: got 404\n',
    '    another process is fetching this model; waiting for it\n',
  ]);
});
