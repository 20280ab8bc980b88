import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { Icon } from '../ui/icons.tsx';
import { mention } from '../words/glossary-words.ts';
import { heardWords } from './heard-words.ts';

/** Distance from the picked words, clear of a phone's handles for the selection. */
const DISTANCE_PX = 20;
/** What the button takes, at most. */
const SIZE_PX = { width: 240, height: 44 };

/** Words that somebody selected among the captions, and where they stand in their box. */
interface Picked {
  words: string;
  top: number;
  left: number;
}

interface CorrectButtonProps {
  /** What scrolls the captions. */
  box: RefObject<HTMLElement | null>;
  onCorrect(words: string): void;
}

/** Beside words that are selected in a finished caption: the way to mend them for the future. */
export function CorrectButton({ box, onCorrect }: CorrectButtonProps) {
  const picked = useSignal<Picked | null>(null);
  useEffect(() => {
    const look = () => {
      picked.value = box.current === null ? null : pickedIn(box.current);
    };
    const scroller = box.current;
    document.addEventListener('selectionchange', look);
    scroller?.addEventListener('scroll', look, { passive: true });
    return () => {
      document.removeEventListener('selectionchange', look);
      scroller?.removeEventListener('scroll', look);
    };
  }, [box, picked]);
  if (picked.value === null) return null;
  const { words, top, left } = picked.value;
  return (
    <button
      type="button"
      class="button main correct"
      style={{ top: `${top}px`, left: `${left}px` }}
      data-testid="correct"
      // The selection, and with it this button, would be gone before the click.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => {
        getSelection()?.removeAllRanges();
        onCorrect(words);
      }}
    >
      <Icon name="pencil" />
      <span>Correct {mention(words)}</span>
    </button>
  );
}

function pickedIn(box: HTMLElement): Picked | null {
  const selection = getSelection();
  if (selection === null || selection.rangeCount === 0 || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const [start, end] = [lineOf(range.startContainer), lineOf(range.endContainer)];
  if (start === null || start !== end || !box.contains(start)) return null;
  const words = heardWords(selection.toString());
  if (words === null) return null;
  const frame = box.getBoundingClientRect();
  const at = range.getBoundingClientRect();
  // Scrolled out of sight.
  if (at.bottom < frame.top || at.top > frame.bottom) return null;
  const below = at.bottom - frame.top + DISTANCE_PX;
  const above = at.top - frame.top - DISTANCE_PX - SIZE_PX.height;
  const left = Math.min(at.left - frame.left, frame.width - SIZE_PX.width);
  return {
    words,
    top: below + SIZE_PX.height > frame.height ? above : below,
    left: Math.max(0, left),
  };
}

/** The finished line that a place in the captions belongs to. */
function lineOf(node: Node): Element | null {
  const element = node instanceof Element ? node : node.parentElement;
  return element?.closest('.words')?.closest('[data-kind=speech][data-final=true]') ?? null;
}
