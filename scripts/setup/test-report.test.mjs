import { describe, expect, test } from 'vitest';
import { countVitest, summaryLines } from './test-report.mjs';

/**
 * @param {string} name
 * @param {readonly string[]} statuses
 * @param {{ status?: string, message?: string }} more
 */
function file(name, statuses, more = {}) {
  const assertionResults = statuses.map((status, index) => ({
    status,
    fullName: `test ${index + 1}`,
  }));
  const status = statuses.includes('failed') ? 'failed' : 'passed';
  return { name, status, assertionResults, ...more };
}

describe('counting', () => {
  test('passed, failed and skipped are added up over files', () => {
    const report = {
      testResults: [
        file('a.test.ts', ['passed', 'passed', 'failed']),
        file('b.test.ts', ['passed', 'skipped', 'pending', 'todo']),
      ],
    };
    expect(countVitest(report, 1)).toEqual({
      passed: 3,
      failed: 1,
      skipped: 3,
      failures: ['a.test.ts: test 3'],
    });
  });

  test('a file that cannot be loaded is a failure', () => {
    const broken = file('c.test.ts', [], { status: 'failed', message: 'No such module\n  at …' });
    expect(countVitest({ testResults: [broken, file('a', ['passed'])] }, 1)).toMatchObject({
      passed: 1,
      failed: 1,
      failures: ['c.test.ts: No such module'],
    });
  });

  test('an error outside of tests is a failure', () => {
    expect(countVitest({ testResults: [file('a', ['passed'])] }, 1)).toMatchObject({
      failed: 1,
      failures: ['Vitest ended with code 1'],
    });
  });

  test('no report at all is a failure, and so is a run without tests', () => {
    expect(countVitest(null, 137)).toMatchObject({ failed: 1 });
    expect(countVitest(null, 0)).toMatchObject({ failed: 1 });
    expect(countVitest({ testResults: [] }, 0)).toMatchObject({ failures: ['no test was run'] });
  });
});

describe('the summary', () => {
  const unit = { name: 'unit', passed: 10, failed: 0, skipped: 1, seconds: 2.04, failures: [] };
  const e2e = {
    name: 'e2e',
    passed: 2,
    failed: 1,
    skipped: 0,
    seconds: 61.5,
    failures: ['speak.e2e.test.ts: hears the clip'],
  };

  test('its last line is the sum, alone on its line', () => {
    expect(summaryLines([unit, e2e]).at(-1)).toBe('12 passed, 1 failed, 1 skipped');
    expect(summaryLines([unit]).at(-1)).toBe('10 passed, 0 failed, 1 skipped');
  });

  test('it names every stage, and what failed', () => {
    const text = summaryLines([unit, e2e]).join('\n');
    expect(text).toContain('✓ unit  10 passed, 0 failed, 1 skipped, 2.0 s');
    expect(text).toContain('✗ e2e   2 passed, 1 failed, 0 skipped, 61.5 s');
    expect(text).toContain('✗ e2e: speak.e2e.test.ts: hears the clip');
  });
});
