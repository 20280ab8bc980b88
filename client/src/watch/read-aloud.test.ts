import { describe, expect, it } from 'vitest';
import { MAX_WAITING_SENTENCES, ReadAloud, voiceFor } from './read-aloud.ts';

function voice(lang: string, localService = true): SpeechSynthesisVoice {
  return { lang, localService, name: lang, voiceURI: lang, default: false };
}

/** A browser that speaks only when told to be done. */
class ScriptedSynthesis {
  readonly said: string[] = [];
  cancelled = 0;
  #current: SpeechSynthesisUtterance | null = null;

  getVoices() {
    return [voice('es-ES'), voice('en-US')];
  }

  speak(utterance: SpeechSynthesisUtterance) {
    this.said.push(`${utterance.lang}: ${utterance.text}`);
    this.#current = utterance;
  }

  cancel() {
    this.cancelled += 1;
    this.done();
  }

  done() {
    const utterance = this.#current;
    this.#current = null;
    utterance?.onend?.({} as SpeechSynthesisEvent);
  }
}

function open() {
  const synthesis = new ScriptedSynthesis();
  const reader = new ReadAloud(synthesis, (text) => ({ text }) as SpeechSynthesisUtterance);
  return { synthesis, reader };
}

describe('voiceFor', () => {
  it('takes a voice of this machine before one from the network', () => {
    const voices = [voice('pt-BR', false), voice('pt_PT', true)];
    expect(voiceFor(voices, 'pt')?.lang).toBe('pt_PT');
    expect(voiceFor(voices.slice(0, 1), 'pt')?.lang).toBe('pt-BR');
  });

  it('finds none for another language', () => {
    expect(voiceFor([voice('pt-BR')], 'p')).toBeNull();
    expect(voiceFor([], 'es')).toBeNull();
  });
});

describe('ReadAloud', () => {
  it('reads one sentence after the other', () => {
    const { synthesis, reader } = open();
    reader.read('Uno.', 'es');
    reader.read('Dos.', 'es');
    expect(synthesis.said).toEqual(['es-ES: Uno.']);
    synthesis.done();
    expect(synthesis.said).toEqual(['es-ES: Uno.', 'es-ES: Dos.']);
  });

  it('[INV4] leaves out the oldest sentences when it falls behind', () => {
    const { synthesis, reader } = open();
    for (let n = 0; n < 20; n += 1) reader.read(`${n}`, 'es');
    for (let n = 0; n < 20; n += 1) synthesis.done();
    expect(synthesis.said).toHaveLength(1 + MAX_WAITING_SENTENCES);
    expect(synthesis.said.at(-1)).toBe('es-ES: 19');
  });

  it('is silent in a language without a voice', () => {
    const { synthesis, reader } = open();
    expect(reader.canRead('ca')).toBe(false);
    reader.read('Bon dia.', 'ca');
    expect(synthesis.said).toEqual([]);
  });

  it('stops at once and begins afresh', () => {
    const { synthesis, reader } = open();
    reader.read('Uno.', 'es');
    reader.read('Dos.', 'es');
    reader.stop();
    expect(synthesis.cancelled).toBe(1);
    reader.read('Tres.', 'es');
    expect(synthesis.said).toEqual(['es-ES: Uno.', 'es-ES: Tres.']);
  });
});
