import type { SpeechView } from './line-view.ts';

/**
 * Words of a line: what is certain, then what may still change, which is dotted underneath. While
 * more is being said, three dots stand at the end.
 */
export function CaptionText({ view }: { view: SpeechView }) {
  const stable = view.text.slice(0, view.stableLength);
  const tail = view.text.slice(view.stableLength);
  return (
    <>
      <span class="words" lang={view.language} dir="auto">
        {stable !== '' && <span class="stable">{stable}</span>}
        {tail !== '' && <span class="tail">{tail}</span>}
      </span>
      {!view.isFinal && tail === '' && <span class="listening" aria-hidden="true" />}
    </>
  );
}
