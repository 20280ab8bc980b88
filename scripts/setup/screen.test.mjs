import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Screen } from './screen.mjs';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** @param {{ isTTY?: boolean, hasColors?: () => boolean }} terminal */
function recorder(terminal = {}) {
  let text = '';
  let now = 0;
  const out = {
    ...terminal,
    /** @param {string} more */
    write: (more) => {
      text += more;
    },
  };
  const screen = new Screen(out, () => now);
  return {
    screen,
    text: () => text,
    /** @param {number} ms */
    pass: (ms) => {
      now += ms;
      vi.advanceTimersByTime(ms);
    },
  };
}

test('without a terminal a step is two lines, without colours', async () => {
  const { screen, text, pass } = recorder();
  await screen.step(
    'Installing',
    async () => pass(2_500),
    () => 'installed',
  );
  expect(text()).toBe('  Installing …\n✓ installed (2.5 s)\n');
});

test('on a terminal a step shows that it lives, and then only its outcome stays', async () => {
  const { screen, text, pass } = recorder({ isTTY: true, hasColors: () => true });
  await screen.step(
    'Installing',
    async () => pass(2_000),
    () => 'installed',
  );
  expect(text()).toContain('\r\u001b[K  Installing … 2.0 s');
  expect(text().endsWith('\r\u001b[K\u001b[32m✓\u001b[0m installed (2.0 s)\n')).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test('a failed step says so, passes the error on and leaves no timer', async () => {
  const { screen, text } = recorder({ isTTY: true });
  const failing = screen.step(
    'Installing',
    () => Promise.reject(new Error('no network')),
    () => 'installed',
  );
  await expect(failing).rejects.toThrow('no network');
  expect(text()).toContain('✗ Installing: failed after 0.0 s');
  expect(vi.getTimerCount()).toBe(0);
});
