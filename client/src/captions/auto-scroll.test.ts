import { describe, expect, it } from 'vitest';
import { AT_END_PX, AutoScroll } from './auto-scroll.ts';

const VIEW = 500;

/** A reader's window onto captions of some height. */
function at(top: number, contentHeight: number) {
  return { top, viewHeight: VIEW, contentHeight };
}

describe('AutoScroll', () => {
  it('follows from the beginning', () => {
    const scroll = new AutoScroll();
    scroll.added(3);
    expect(scroll.following).toBe(true);
    expect(scroll.missed).toBe(0);
  });

  it('lets go when the reader scrolls up, and counts what comes', () => {
    const scroll = new AutoScroll();
    scroll.scrolled(at(1000, 1500));
    scroll.scrolled(at(700, 1500));
    scroll.added(1);
    scroll.added(2);
    expect(scroll.following).toBe(false);
    expect(scroll.missed).toBe(3);
  });

  it('does not let go because the content grew', () => {
    const scroll = new AutoScroll();
    scroll.scrolled(at(1000, 1500));
    scroll.scrolled(at(1000, 1900));
    expect(scroll.following).toBe(true);
  });

  it('does not let go because the content shrank', () => {
    const scroll = new AutoScroll();
    scroll.scrolled(at(1000, 1500));
    scroll.scrolled(at(900, 1400));
    expect(scroll.following).toBe(true);
  });

  it('forgives a nudge of less than a line', () => {
    const scroll = new AutoScroll();
    scroll.scrolled(at(1000, 1500));
    scroll.scrolled(at(1000 - AT_END_PX, 1500));
    expect(scroll.following).toBe(true);
    scroll.scrolled(at(999 - AT_END_PX, 1500));
    expect(scroll.following).toBe(false);
  });

  it('follows again at the end, however the reader got there', () => {
    const scroll = new AutoScroll();
    scroll.scrolled(at(1000, 1500));
    scroll.scrolled(at(0, 1500));
    scroll.added(4);
    scroll.scrolled(at(500, 1700));
    expect(scroll.following).toBe(false);
    scroll.scrolled(at(1200, 1700));
    expect(scroll.following).toBe(true);
    expect(scroll.missed).toBe(0);
  });

  it('follows again when asked to', () => {
    const scroll = new AutoScroll();
    scroll.scrolled(at(1000, 1500));
    scroll.scrolled(at(0, 1500));
    scroll.added(4);
    scroll.follow();
    expect([scroll.following, scroll.missed]).toEqual([true, 0]);
  });
});
