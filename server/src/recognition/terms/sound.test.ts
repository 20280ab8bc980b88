import { expect, test } from 'vitest';
import { joinSounds, type Sound, soundDistance, soundOf } from './sound.ts';

const say = (words: string): Sound => words.split(' ').map(soundOf).reduce(joinSounds);
const distance = (left: string, right: string): number =>
  soundDistance(say(left).phones, say(right).phones);

test('the same sound has the same keys, however it is spelled and spaced', () => {
  for (const [heard, said] of [
    ['cooper netties', 'kubernetes'],
    ['post gress', 'postgres'],
    ['cloud flair', 'cloudflare'],
    ['see mens', 'siemens'],
    ['sherbourne', 'sherburn'],
  ] as const) {
    expect(say(heard).keys, heard).toEqual(say(said).keys);
    expect(distance(heard, said), heard).toBeLessThan(0.06);
  }
});

test('sounds that are alike are nearer than those that are not', () => {
  expect(distance('kathmando', 'kathmandu')).toBeLessThan(distance('telephone', 'terraform'));
  expect(distance('kafka', 'cafca')).toBe(0);
  expect(distance('kernel', 'sofa')).toBeGreaterThan(0.5);
});

test('distance goes both ways, from 0 for nothing against nothing', () => {
  expect(distance('grafana', 'graph ana')).toBe(distance('graph ana', 'grafana'));
  expect(soundDistance('', '')).toBe(0);
  expect(soundDistance('', 'parlans')).toBeGreaterThan(0.5);
});

test('accents do not count, other scripts have no sound', () => {
  expect(soundOf('reykjavík')).toEqual(soundOf('reykjavik'));
  expect(soundOf('токио')).toEqual({ keys: ['', ''], phones: '' });
});
