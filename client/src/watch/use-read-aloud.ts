import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { FinalFeed } from './announcer.tsx';
import { ReadAloud } from './read-aloud.ts';

export type ReadAloudAbility = 'ready' | 'no_voice' | 'unsupported';

/** Reads finished sentences with the browser's own voices while `on`. */
export function useReadAloud(
  feed: FinalFeed,
  language: string | null,
  on: boolean,
): ReadAloudAbility {
  const reader = useMemo(
    () => ('speechSynthesis' in window ? new ReadAloud(window.speechSynthesis) : null),
    [],
  );
  // Browsers load their voices late.
  const voices = useSignal(0);
  useEffect(() => {
    if (reader === null) return;
    const loaded = () => {
      voices.value += 1;
    };
    window.speechSynthesis.addEventListener('voiceschanged', loaded);
    return () => window.speechSynthesis.removeEventListener('voiceschanged', loaded);
  }, [reader, voices]);
  useEffect(() => {
    if (reader === null || !on) return;
    const stopListening = feed.on((final) => reader.read(final.text, final.language));
    return () => {
      stopListening();
      reader.stop();
    };
  }, [reader, feed, on, language]);
  void voices.value;
  if (reader === null) return 'unsupported';
  return language !== null && reader.canRead(language) ? 'ready' : 'no_voice';
}
