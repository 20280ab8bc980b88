/**
 * What one stage of the tests came to.
 *
 * @typedef {object} StageResult
 * @property {string} name
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {number} seconds
 * @property {readonly string[]} failures names of what failed
 *
 * @typedef {object} VitestReport the parts of Vitest's JSON report that are read
 * @property {readonly {
 *   name: string,
 *   status: string,
 *   message?: string,
 *   assertionResults: readonly { status: string, fullName: string }[],
 * }[]} testResults
 */

/**
 * Counts a Vitest report. A file that could not be loaded has no tests, and an error outside of
 * tests has none either: each counts as one failure, so that nothing red looks green.
 *
 * @param {VitestReport | null} report null where Vitest wrote none
 * @param {number} code Vitest's exit code
 * @returns {Pick<StageResult, 'passed' | 'failed' | 'skipped' | 'failures'>}
 */
export function countVitest(report, code) {
  let passed = 0;
  let skipped = 0;
  /** @type {string[]} */
  const failures = [];
  for (const file of report?.testResults ?? []) {
    let failedHere = 0;
    for (const { status, fullName } of file.assertionResults) {
      if (status === 'passed') passed += 1;
      else if (status === 'failed') {
        failedHere += 1;
        failures.push(`${file.name}: ${fullName}`);
      } else skipped += 1;
    }
    if (file.status === 'failed' && failedHere === 0) {
      failures.push(`${file.name}: ${file.message?.split('\n')[0] || 'could not be run'}`);
    }
  }
  if (code !== 0 && failures.length === 0) failures.push(`Vitest ended with code ${code}`);
  if (code === 0 && passed === 0) failures.push('no test was run');
  return { passed, failed: failures.length, skipped, failures };
}

/**
 * The lines that close a test run; the last one is read by machines.
 *
 * @param {readonly StageResult[]} results
 * @returns {readonly string[]}
 */
export function summaryLines(results) {
  const width = Math.max(...results.map(({ name }) => name.length));
  const lines = ['', 'Summary'];
  for (const { name, passed, failed, skipped, seconds } of results) {
    const mark = failed === 0 ? '✓' : '✗';
    const counts = `${countsOf(passed, failed, skipped)}, ${seconds.toFixed(1)} s`;
    lines.push(`  ${mark} ${name.padEnd(width)}  ${counts}`);
  }
  const failures = results.flatMap((result) =>
    result.failures.map((failure) => `  ✗ ${result.name}: ${failure}`),
  );
  if (failures.length > 0) lines.push('', 'Failed', ...failures);
  /** @param {'passed' | 'failed' | 'skipped'} key */
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  return [...lines, '', countsOf(sum('passed'), sum('failed'), sum('skipped'))];
}

/**
 * @param {number} passed
 * @param {number} failed
 * @param {number} skipped
 */
function countsOf(passed, failed, skipped) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
