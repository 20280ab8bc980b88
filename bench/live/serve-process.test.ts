import { expect, test } from 'vitest';
import { parseListening } from './serve-process.ts';

test('takes the line that says where the server listens, and no other', () => {
  const line = '{"type":"listening","url":"http://127.0.0.1:41231","port":41231,"warnings":["w"]}';
  expect(parseListening(line)).toEqual({ url: 'http://127.0.0.1:41231', warnings: ['w'] });
  expect(parseListening('{"type":"listening","url":"http://a"}')?.warnings).toEqual([]);
  for (const other of ['', 'Parlance is listening.', 'null', '{"type":"error"}', '{"url":"x"}']) {
    expect(parseListening(other)).toBeNull();
  }
});
