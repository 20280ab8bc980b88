import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { AutoScroll } from './auto-scroll.ts';

interface Following {
  /** Null while the newest line is in view; otherwise how many lines came since. */
  missed: number | null;
  jump(): void;
}

/** Keeps the end of a scrolling element in view while its lines grow, whoever draws them. */
export function useAutoScroll(
  element: RefObject<HTMLElement | null>,
  lineCount: number,
): Following {
  const scroll = useRef(new AutoScroll()).current;
  const missed = useSignal<number | null>(null);
  const lastCount = useRef(lineCount);
  const tell = useCallback(() => {
    missed.value = scroll.following ? null : scroll.missed;
  }, [scroll, missed]);
  const toEnd = useCallback(() => {
    const box = element.current;
    if (box !== null) box.scrollTop = box.scrollHeight;
  }, [element]);

  useEffect(() => {
    const box = element.current;
    if (box === null) return;
    const onScroll = () => {
      scroll.scrolled({
        top: box.scrollTop,
        viewHeight: box.clientHeight,
        contentHeight: box.scrollHeight,
      });
      tell();
    };
    const stay = () => {
      if (scroll.following) toEnd();
    };
    // Turning a phone or changing the size of letters moves the end without adding a line.
    const resized = new ResizeObserver(stay);
    // A line draws itself when its text comes, without a drawing of the whole.
    const redrawn = new MutationObserver(stay);
    box.addEventListener('scroll', onScroll, { passive: true });
    resized.observe(box);
    redrawn.observe(box, { childList: true, characterData: true, subtree: true });
    return () => {
      box.removeEventListener('scroll', onScroll);
      resized.disconnect();
      redrawn.disconnect();
    };
  }, [element, scroll, tell, toEnd]);

  useLayoutEffect(() => {
    if (lineCount > lastCount.current) scroll.added(lineCount - lastCount.current);
    lastCount.current = lineCount;
    if (scroll.following) toEnd();
    tell();
  });

  const jump = useCallback(() => {
    scroll.follow();
    toEnd();
    tell();
  }, [scroll, tell, toEnd]);
  return { missed: missed.value, jump };
}
