import { expect, test } from 'vitest';
import { nextViewerPhase, type ViewerEvent, type ViewerPhase } from './viewer-phase.ts';

const at = { room: 'r', language: 'es' };
const idle: ViewerPhase = { kind: 'idle' };
const joining: ViewerPhase = { kind: 'joining', ...at };
const watching: ViewerPhase = { kind: 'watching', ...at };
const gone: ViewerPhase = { kind: 'gone' };
const join: ViewerEvent = { type: 'join', ...at };

test('a viewer joins once, and may be refused and try again', () => {
  expect(nextViewerPhase(idle, join)).toEqual(joining);
  expect(nextViewerPhase(joining, { type: 'joined' })).toEqual(watching);
  expect(nextViewerPhase(joining, { type: 'refused' })).toEqual(idle);
  for (const phase of [joining, watching]) {
    expect(nextViewerPhase(phase, { type: 'join', room: 'other', language: 'fr' })).toBe(phase);
  }
});

test('a language is changed in a room, and nowhere else', () => {
  const reads: ViewerEvent = { type: 'reads', language: 'fr' };
  expect(nextViewerPhase(watching, reads)).toEqual({ ...watching, language: 'fr' });
  for (const phase of [idle, joining]) expect(nextViewerPhase(phase, reads)).toBe(phase);
  // A refusal that comes late does not unseat anybody.
  expect(nextViewerPhase(watching, { type: 'refused' })).toBe(watching);
});

test('whoever is gone stays gone, whatever was under way', () => {
  for (const phase of [idle, joining, watching]) {
    expect(nextViewerPhase(phase, { type: 'left' })).toEqual(gone);
  }
  const late: ViewerEvent[] = [
    join,
    { type: 'joined' },
    { type: 'refused' },
    { type: 'reads', language: 'fr' },
  ];
  for (const event of late) expect(nextViewerPhase(gone, event)).toBe(gone);
});
