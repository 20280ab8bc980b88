import { readFile, rm } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { type Benchmark, UsageError } from './benchmark.ts';
import { runBench } from './command.ts';

const sample: Benchmark = {
  name: 'sample-for-tests',
  summary: 'Measures nothing.',
  usage: ['--limit N  how many'],
  run: async (args, { progress }) => {
    progress('working');
    if (args.includes('--odd')) throw new UsageError('Expected --limit, got --odd.');
    if (args.includes('--broken')) throw new Error('It broke.');
    return {
      data: { args },
      tables: [{ title: 'Found', columns: ['what', 'n'], rows: [['things', '3']] }],
    };
  },
};

const kept: string[] = [];

async function bench(...argv: string[]): Promise<{ code: number; out: string[]; err: string[] }> {
  const out: string[] = [];
  const err: string[] = [];
  const output = { out: (text: string) => out.push(text), err: (text: string) => err.push(text) };
  const code = await runBench(argv, [sample], output, new AbortController().signal);
  const path = / kept in (.*)\.json and \.html$/.exec(err.at(-1) ?? '')?.[1];
  if (path !== undefined) kept.push(path);
  return { code, out, err };
}

afterEach(async () => {
  for (const path of kept.splice(0)) {
    for (const ending of ['json', 'html']) await rm(`${path}.${ending}`);
  }
});

test('prints the machine and the tables', async () => {
  const { code, out, err } = await bench('sample-for-tests', '--limit', '3');
  expect(code).toBe(0);
  expect(out).toHaveLength(1);
  expect(out[0]).toContain('cores');
  expect(out[0]).toContain('load average at start');
  expect(out[0]).toContain('things  3');
  expect(err[0]).toBe('working');
});

test('with --json prints exactly one object, which says what it ran on', async () => {
  const { code, out } = await bench('sample-for-tests', '--json', '--limit', '3');
  expect(code).toBe(0);
  expect(out).toHaveLength(1);
  const result: unknown = JSON.parse(out[0] ?? '');
  expect(result).toMatchObject({
    benchmark: 'sample-for-tests',
    args: ['--limit', '3'],
    machine: { node: process.version, cores: expect.any(Number), cpu: expect.any(String) },
  });
});

test('keeps a page with the tables beside the JSON', async () => {
  await bench('sample-for-tests', '--json');
  const page = await readFile(`${kept.at(-1)}.html`, 'utf8');
  expect(page).toContain('<h1>sample-for-tests: Measures nothing.</h1>');
  expect(page).toContain('<td>things</td><td>3</td>');
});

test('tells mistakes from failures', async () => {
  expect((await bench('sample-for-tests', '--odd')).code).toBe(2);
  expect((await bench('sample-for-tests', '--broken')).code).toBe(1);
  const unknown = await bench('other');
  expect(unknown.code).toBe(2);
  expect(unknown.err[0]).toContain('sample-for-tests  Measures nothing.');
  expect((await bench()).code).toBe(0);
  const help = await bench('sample-for-tests', '--help');
  expect(help.err[0]).toContain('--limit N  how many');
  expect(help.out).toEqual([]);
});
