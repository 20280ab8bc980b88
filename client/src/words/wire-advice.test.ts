import { describe, expect, it } from 'vitest';
import { ERROR_CODES, type ErrorCode } from '../../../shared/errors.ts';
import { CAPTURE_ERROR_CODES } from '../capture/capture-error.ts';
import type { Advice } from './advice.ts';
import { captureAdvice } from './capture-advice.ts';
import { wireAdvice } from './wire-advice.ts';

const wireCodes = Object.keys(ERROR_CODES) as ErrorCode[];

/** Words of our own trade, which a stranger need not know. */
const JARGON = /\b(epoch|socket|seq|frame|null|undefined|exception|codec|websocket|stack)\b/i;

function expectPlain({ title, action }: Advice, code: string): void {
  expect(title, code).toMatch(/^[A-Z].*[^.]$/);
  expect(title.length, code).toBeLessThan(70);
  expect(action, code).toMatch(/^[A-Z].*[.?]$/);
  expect(`${title} ${action}`, code).not.toMatch(JARGON);
  expect(`${title} ${action}`, code).not.toContain('_');
}

describe('advice', () => {
  it.each(wireCodes)('says %s in plain words to speakers and readers', (code) => {
    expectPlain(wireAdvice({ code }, 'speak'), code);
    expectPlain(wireAdvice({ code }, 'watch'), code);
  });

  it.each(CAPTURE_ERROR_CODES)('says %s in plain words', (code) => {
    expectPlain(captureAdvice(code), code);
  });

  it('has its own title for every code', () => {
    const titles = [
      ...wireCodes.map((code) => wireAdvice({ code }, 'speak').title),
      ...CAPTURE_ERROR_CODES.filter((code) => code !== 'file_unreadable').map(
        (code) => captureAdvice(code).title,
      ),
    ];
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('speaks to a reader differently from a speaker where that matters', () => {
    expect(wireAdvice({ code: 'unauthorized' }, 'watch').action).toContain('share the link again');
    expect(wireAdvice({ code: 'unauthorized' }, 'speak').action).toContain('key');
  });

  it('adds when to try again', () => {
    const { action } = wireAdvice({ code: 'server_busy', retryAfterMs: 29_100 }, 'speak');
    expect(action).toContain('try again in 30 seconds.');
  });

  it('reads a code of a newer server as something going wrong', () => {
    const code = 'invented_later' as ErrorCode;
    expect(wireAdvice({ code }, 'watch')).toEqual(wireAdvice({ code: 'internal' }, 'watch'));
  });
});
