import { describe, expect, it } from 'vitest';
import { joinTarget } from './join-target.ts';

const origin = 'https://here.example';

describe('joinTarget', () => {
  it.each([
    ['', { kind: 'nowhere' }],
    ['Team Monday', { kind: 'here', path: '/watch/team-monday' }],
    [' https://here.example/watch/a1#t=abc ', { kind: 'here', path: '/watch/a1#t=abc' }],
    ['https://here.example/speak/a1', { kind: 'here', path: '/speak/a1' }],
    ['https://here.example/other', { kind: 'nowhere' }],
    ['javascript://watch/a', { kind: 'nowhere' }],
    [
      'https://there.example/watch/a1#t=abc',
      {
        kind: 'elsewhere',
        host: 'there.example',
        href: 'https://there.example/watch/a1#t=abc',
      },
    ],
  ])('reads %j', (typed, target) => {
    expect(joinTarget(typed, origin)).toEqual(target);
  });
});
