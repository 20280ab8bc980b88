import { expect, test } from 'vitest';
import { CaptionScreen, clock } from './caption-screen.ts';
import type { Marks } from './marks.ts';

const marks: Marks = {
  ok: '',
  warn: '',
  fail: '',
  dim: (text) => (text === '' ? '' : `<${text}>`),
  bold: (text) => text,
};

function screenOf(live: boolean, columns = 80) {
  let written = '';
  let noted = '';
  const out = {
    columns,
    write: (text: string) => {
      written += text;
    },
  };
  const notes = {
    write: (text: string) => {
      noted += text;
    },
  };
  const screen = new CaptionScreen({ out, notes, live, marks });
  /** As a terminal shows it: the rewritten line by its last state. */
  const lines = () => written.split('\n').map((line) => line.split('\r\u001b[2K').at(-1));
  return { screen, lines, written: () => written, noted: () => noted };
}

test('a terminal shows what is being said, its tentative end dimmed, then the final', () => {
  const { screen, lines } = screenOf(true);
  screen.partial('0:01 en', 'hello wor', 6);
  expect(lines()).toEqual(['<0:01 en> hello <wor>']);
  screen.partial('0:01 en', 'hello world', 11);
  expect(lines()).toEqual(['<0:01 en> hello world']);
  screen.final('0:01 en', 'Hello world.');
  expect(lines()).toEqual(['<0:01 en> Hello world.', '']);
});

test('elsewhere only finals are printed, and nothing that rewrites', () => {
  const { screen, written } = screenOf(false);
  screen.partial('0:01 en', 'hello', 0);
  screen.final('0:01 en', 'Hello.');
  screen.close();
  expect(written()).toBe('<0:01 en> Hello.\n');
});

test('of a long line the end is shown, on one line', () => {
  const { screen, lines } = screenOf(true, 20);
  screen.partial('en', 'one two three four five six', 19);
  expect(lines()).toEqual(['<en> …e four <five six>']);
  screen.partial('en', 'one two three four five six', 0);
  expect(lines()).toEqual(['<en> <…e four five six>']);
});

test('a terminal that does not know its width is taken as wide as most', () => {
  const { screen, lines } = screenOf(true, 0);
  screen.partial('en', 'hello', 5);
  expect(lines()).toEqual(['<en> hello']);
});

test('a note stands above the live line', () => {
  const { screen, lines, noted } = screenOf(true);
  screen.partial('en', 'hello', 5);
  screen.note('connection lost');
  expect(noted()).toBe('connection lost\n');
  expect(lines()).toEqual(['<en> hello']);
  screen.close();
  expect(lines()).toEqual(['']);
});

test('[INV7] what others say can not command the terminal', () => {
  const { screen, written } = screenOf(false);
  screen.final('\u001b]0;name\u0007', 'text\u001b[31m\nmore');
  expect(written()).toBe('< ]0;name > text [31m more\n');
});

test('times are read as minutes, and hours where there are any', () => {
  expect([0, 65_400, 3_723_000].map(clock)).toEqual(['0:00', '1:05', '1:02:03']);
});
