import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { AutoScroll } from './auto-scroll.ts';

interface Following {
  /** Null while the newest line is in view; otherwise how many lines came since. */
  missed: number | null;
  jump(): void;
}

/** Keeps the end of a scrolling element in view, after each drawing of whoever calls this. */
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
    // Turning a phone or changing the size of letters moves the end without adding a line.
    const resized = new ResizeObserver(() => {
      if (scroll.following) toEnd();
    });
    box.addEventListener('scroll', onScroll, { passive: true });
    resized.observe(box);
    return () => {
      box.removeEventListener('scroll', onScroll);
      resized.disconnect();
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
