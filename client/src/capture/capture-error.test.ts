import { describe, expect, it } from 'vitest';
import { microphoneError, tabError } from './capture-error.ts';

describe('microphoneError', () => {
  it.each([
    [new DOMException('Permission denied', 'NotAllowedError'), 'microphone_refused'],
    [
      new DOMException('Permission denied by system', 'NotAllowedError'),
      'microphone_blocked_by_system',
    ],
    [new DOMException('', 'NotFoundError'), 'microphone_missing'],
    [new DOMException('', 'OverconstrainedError'), 'microphone_missing'],
    [new DOMException('', 'NotReadableError'), 'microphone_busy'],
    [new TypeError('undefined is not a function'), 'browser_unsupported'],
    ['thrown by an extension', 'browser_unsupported'],
  ])('tells %s apart', (cause, code) => {
    expect(microphoneError(cause)).toMatchObject({ code, cause });
  });
});

describe('tabError', () => {
  it('tells a refusal from a browser that cannot share', () => {
    expect(tabError(new DOMException('', 'NotAllowedError')).code).toBe('tab_refused');
    expect(tabError(new DOMException('', 'NotSupportedError')).code).toBe('tab_unsupported');
  });
});
