import { expect, test } from 'vitest';
import { faultFacts } from './fault-facts.ts';
import { roomId } from './room-id.ts';

test('[INV7] a room is named so that only who knows it finds it', () => {
  expect(roomId('garden')).toMatch(/^[0-9a-f]{12}$/);
  expect(roomId('garden')).toBe(roomId('garden'));
  expect(roomId('garden')).not.toBe(roomId('gardens'));
});

test('[INV7] of an error its kind and its place are told, not its words', () => {
  const facts = faultFacts(new TypeError('said in confidence\n    and more of it'));
  expect(facts.fault).toBe('TypeError');
  expect(facts.at[0]).toContain('log-facts.test.ts');
  expect(JSON.stringify(facts)).not.toContain('confidence');
  expect(faultFacts('a text')).toEqual({ fault: 'string', at: [] });
});
