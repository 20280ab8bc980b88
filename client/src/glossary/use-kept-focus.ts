import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { GlossaryDesk } from './glossary-desk.ts';
import { termKey } from './schema.ts';

/** Where the keyboard was last. */
interface Place {
  element: HTMLElement;
  /** Of the row that it was in, and where that row stood. */
  key: string | null;
  index: number;
  testId: string | null;
}

const ROW = '[data-key]';

/** When what had the focus goes away, the focus goes to what is nearest to it, not to the page. */
export function useKeptFocus(box: RefObject<HTMLElement | null>, glossary: GlossaryDesk): void {
  const place = useRef<Place | null>(null);
  useEffect(() => {
    const root = box.current;
    if (root === null) return;
    const note = ({ target }: FocusEvent) => {
      if (target instanceof HTMLElement) place.current = placeOf(root, target);
    };
    root.addEventListener('focusin', note);
    return () => root.removeEventListener('focusin', note);
  }, [box]);
  const { deed } = glossary.state.value;
  useLayoutEffect(() => {
    const root = box.current;
    // What was left for another place is still there: then nothing was lost.
    if (root === null || place.current === null || place.current.element.isConnected) return;
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (!isLost) return;
    const changed = deed?.kind === 'changed' ? deed.term : null;
    nearest(root, place.current, changed)?.focus();
  });
}

function placeOf(root: HTMLElement, target: HTMLElement): Place {
  const row = target.closest<HTMLElement>(ROW);
  return {
    element: target,
    key: row?.dataset.key ?? null,
    index: row === null ? -1 : rowsOf(root).indexOf(row),
    testId: target.dataset.testid ?? null,
  };
}

function nearest(root: HTMLElement, place: Place, changed: string | null): HTMLElement | null {
  const rows = rowsOf(root);
  const row =
    place.key === null
      ? undefined
      : (rows.find(({ dataset }) => dataset.key === place.key) ??
        rows.find(({ dataset }) => changed !== null && isKeyOf(dataset.key, changed)) ??
        rows[place.index] ??
        rows.at(-1));
  return (
    row?.querySelector<HTMLElement>(`button[data-testid="${place.testId}"]`) ??
    row?.querySelector<HTMLElement>('button') ??
    root.querySelector<HTMLElement>('[data-testid="term-add"]')
  );
}

function isKeyOf(key: string | undefined, term: string): boolean {
  return key?.endsWith(` ${termKey(term)}`) ?? false;
}

function rowsOf(root: HTMLElement): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>(ROW)];
}
