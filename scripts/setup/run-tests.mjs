import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CI_NEEDS, TEST_NEEDS } from './needs.mjs';
import { Screen } from './screen.mjs';
import { isSet, ROOT, setUp } from './set-up.mjs';
import { SetUpError } from './set-up-error.mjs';
import { countVitest, summaryLines } from './test-report.mjs';

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {readonly string[]} command arguments to Node
 * @property {boolean} [vitest] whether it writes Vitest's report; else it is one check
 */

const TSC = 'node_modules/typescript/bin/tsc';

/** @type {readonly Stage[]} */
const STAGES = [
  { name: 'format and lint', command: ['node_modules/@biomejs/biome/bin/biome', 'ci', '.'] },
  { name: 'types', command: [TSC, '--project', 'tsconfig.json'] },
  { name: 'types of the page', command: [TSC, '--project', 'client/tsconfig.json'] },
  {
    name: "types of the page's tests",
    command: [TSC, '--project', 'client/testing/tsconfig.json'],
  },
  { name: 'unit', command: vitest('unit'), vitest: true },
  { name: 'integration', command: vitest('integration'), vitest: true },
  { name: 'e2e', command: vitest('e2e'), vitest: true },
];

/** @param {string} project */
function vitest(project) {
  return ['node_modules/vitest/vitest.mjs', 'run', '--project', project];
}

/**
 * `npm test`: the set-up with the tests' needs, then every stage; a failed one does not keep the
 * others from running. Ends with one line for people and machines: "N passed, N failed, N skipped".
 *
 * @param {readonly string[]} args `--yes`, and names of stages where not all are wanted
 */
export async function runTests(args) {
  const screen = new Screen();
  const wanted = args.filter((arg) => arg !== '--yes');
  const unknown = wanted.filter((name) => STAGES.every((stage) => stage.name !== name));
  if (unknown.length > 0) {
    const names = STAGES.map(({ name }) => `"${name}"`).join(', ');
    screen.fail(`Expected stages out of ${names}, got "${unknown.join('", "')}".`);
    process.exitCode = 2;
    return;
  }
  try {
    const needs = isSet(process.env.CI) ? CI_NEEDS : TEST_NEEDS;
    await setUp(screen, { needs, yes: args.includes('--yes') });
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    screen.fail(error.message);
    screen.line('0 passed, 1 failed, 0 skipped');
    process.exitCode = 1;
    return;
  }
  const stages = STAGES.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const reports = mkdtempSync(join(tmpdir(), 'parlance-tests-'));
  const results = [];
  try {
    for (const stage of stages) results.push(await runStage(stage, reports, screen));
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
  for (const line of summaryLines(results)) screen.line(line);
  if (results.some(({ failed }) => failed > 0)) process.exitCode = 1;
}

/**
 * @param {Stage} stage
 * @param {string} reports folder for its report
 * @param {Screen} screen
 * @returns {Promise<import('./test-report.mjs').StageResult>}
 */
async function runStage({ name, command, vitest: reporting = false }, reports, screen) {
  screen.line(`\n── ${name}`);
  const started = performance.now();
  const file = join(reports, `${name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const code = await show([...command, ...(reporting ? reporters : [])]);
  const seconds = (performance.now() - started) / 1000;
  const counts = reporting
    ? countVitest(readReport(file), code)
    : {
        passed: code === 0 ? 1 : 0,
        failed: code === 0 ? 0 : 1,
        skipped: 0,
        failures: code === 0 ? [] : [`ended with code ${code}`],
      };
  const failures = counts.failures.map((failure) => failure.replace(`${ROOT}/`, ''));
  return { name, seconds, ...counts, failures };
}

/**
 * @param {string} file
 * @returns {import('./test-report.mjs').VitestReport | null}
 */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Vitest died before it could write: its exit code tells the rest.
    return null;
  }
}

/**
 * Runs Node in this terminal.
 *
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code
 */
function show(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
    child.once('error', () => resolve(127));
    child.once('close', (code) => resolve(code ?? 1));
  });
}
