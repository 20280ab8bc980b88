import { describe, expect, it } from 'vitest';
import { SpeakerLooks } from './speaker-looks.ts';

describe('SpeakerLooks', () => {
  it('gives each speaker another colour and another place than the one before', () => {
    const looks = new SpeakerLooks();
    const three = ['Maya', 'Tom', 'Inês'].map((name) => looks.lookOf(name, name));
    expect(new Set(three.map(({ voice }) => voice)).size).toBe(3);
    expect(three.map(({ lane }) => lane)).toEqual([0, 1, 2]);
  });

  it('knows a speaker again who comes back in another session', () => {
    const looks = new SpeakerLooks();
    const before = looks.lookOf('session-1', 'Maya');
    looks.lookOf('session-2', 'Tom');
    expect(looks.lookOf('session-3', 'Maya')).toBe(before);
  });

  it('numbers those who gave no name', () => {
    const looks = new SpeakerLooks();
    looks.lookOf('session-1', 'Maya');
    expect(looks.lookOf('session-2', '').label).toBe('Speaker 1');
    expect(looks.lookOf('session-3', '').label).toBe('Speaker 2');
    expect(looks.lookOf('session-2', '').label).toBe('Speaker 1');
  });

  it('goes round when there are more speakers than colours', () => {
    const looks = new SpeakerLooks();
    const voices = Array.from({ length: 7 }, (_, n) => looks.lookOf(`${n}`, `N${n}`).voice);
    expect(voices).toEqual([0, 1, 2, 3, 4, 5, 0]);
  });
});
