import { expect, test } from 'vitest';
import { hypothesisOf } from './fake/scripted-recognizer.ts';
import { SessionGuard } from './session-guard.ts';

const TEXT = 'something that may be English';
const judge = (
  guard: SessionGuard,
  mean: number,
  kind: 'partial' | 'final' = 'final',
  text = TEXT,
) => guard.judge(hypothesisOf(text, mean), 4000, kind).kind;

test('who was not understood twice is held back until understood again', () => {
  const guard = new SessionGuard();
  expect(judge(guard, -0.5)).toBe('accepted');
  expect(judge(guard, -1)).toBe('refused');
  expect(judge(guard, -1.2)).toBe('refused');
  expect(judge(guard, -0.5, 'partial')).toBe('refused');
  expect(judge(guard, -0.1, 'partial')).toBe('accepted');
  expect(judge(guard, -0.5)).toBe('refused');
  expect(judge(guard, -0.5)).toBe('refused');
  // Those two made sense by themselves: the doubt is over.
  expect(judge(guard, -0.5)).toBe('accepted');
});

test('one bad sentence changes nothing', () => {
  const guard = new SessionGuard();
  for (const mean of [-0.1, -1, -0.1, -0.1, -1]) judge(guard, mean);
  expect(judge(guard, -0.5)).toBe('accepted');
});

test('partials, silence and single words tell nothing about the language', () => {
  const guard = new SessionGuard();
  for (let time = 0; time < 5; time += 1) {
    judge(guard, -1, 'partial');
    judge(guard, -1, 'final', 'hm');
    judge(guard, -1, 'final', '');
    judge(guard, -1, 'final', 'Thank you for watching!');
  }
  expect(judge(guard, -0.5)).toBe('accepted');
});
