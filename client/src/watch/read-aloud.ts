/** Sentences that may wait to be read; more would fall ever further behind the speaker. */
export const MAX_WAITING_SENTENCES = 4;

/** The part of the browser's speech synthesis that is used here. */
export interface Synthesis {
  getVoices(): readonly SpeechSynthesisVoice[];
  speak(utterance: SpeechSynthesisUtterance): void;
  cancel(): void;
}

/** A voice for the language: one of this machine before one that needs a network. */
export function voiceFor(
  voices: readonly SpeechSynthesisVoice[],
  language: string,
): SpeechSynthesisVoice | null {
  const fitting = voices.filter(({ lang }) => lang.toLowerCase().split(/[-_]/)[0] === language);
  return fitting.find(({ localService }) => localService) ?? fitting[0] ?? null;
}

/** Reads sentences one after the other; when too many wait, the oldest are left out. */
export class ReadAloud {
  readonly #synthesis: Synthesis;
  readonly #utterance: (text: string) => SpeechSynthesisUtterance;
  #waiting: SpeechSynthesisUtterance[] = [];
  #speaking: SpeechSynthesisUtterance | null = null;

  constructor(
    synthesis: Synthesis,
    utterance: (text: string) => SpeechSynthesisUtterance = (text) =>
      new SpeechSynthesisUtterance(text),
  ) {
    this.#synthesis = synthesis;
    this.#utterance = utterance;
  }

  /** False where there is no voice for the language. */
  canRead(language: string): boolean {
    return voiceFor(this.#synthesis.getVoices(), language) !== null;
  }

  read(text: string, language: string): void {
    const voice = voiceFor(this.#synthesis.getVoices(), language);
    if (voice === null) return;
    const utterance = this.#utterance(text);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    const next = () => {
      if (this.#speaking !== utterance) return;
      this.#speaking = null;
      this.#speakNext();
    };
    utterance.onend = next;
    utterance.onerror = next;
    this.#waiting.push(utterance);
    if (this.#waiting.length > MAX_WAITING_SENTENCES) this.#waiting.shift();
    if (this.#speaking === null) this.#speakNext();
  }

  stop(): void {
    this.#waiting = [];
    this.#speaking = null;
    this.#synthesis.cancel();
  }

  #speakNext(): void {
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#speaking = next;
    this.#synthesis.speak(next);
  }
}
