import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { FfmpegStream } from './ffmpeg-stream.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import { isAlive } from './testing/heard.ts';
import { writeProgram } from './testing/programs.ts';

const ffmpeg = findFfmpeg();
const RAW_COPY = ['-nostdin', '-loglevel', 'error', '-f', 's16le', '-i', 'pipe:0', '-f', 's16le'];

test('what goes in comes out, and the end is an exit with code 0', async () => {
  const stream = new FfmpegStream(ffmpeg, RAW_COPY);
  stream.input.end(Buffer.alloc(64_000, 1));
  let bytes = 0;
  for await (const chunk of stream.output) bytes += chunk.length;
  expect(bytes).toBe(64_000);
  expect(await stream.exited).toMatchObject({ code: 0, signal: null, error: null });
  await stream.kill();
});

test('a process that waits for input is killed for sure, though its output is unread', async () => {
  const stream = new FfmpegStream(ffmpeg, RAW_COPY);
  stream.input.write(Buffer.alloc(2_000_000, 1));
  await new Promise((resolve) => stream.output.once('readable', resolve));
  await Promise.all([stream.kill(), stream.kill()]);
  expect(stream.pid !== undefined && isAlive(stream.pid)).toBe(false);
  expect(await stream.exited).toMatchObject({ signal: 'SIGKILL' });
});

test('a process that goes away while it is written to harms nobody', async () => {
  const stream = new FfmpegStream(writeProgram('process.exit(3)'), []);
  stream.output.resume();
  const writing = setInterval(() => stream.input.write(Buffer.alloc(10_000)), 1);
  expect(await stream.exited).toMatchObject({ code: 3 });
  clearInterval(writing);
  stream.input.write(Buffer.alloc(10));
  await stream.kill();
});

test('endless complaints neither block it nor are they kept', async () => {
  const stream = new FfmpegStream(
    writeProgram(`process.stderr.write('x'.repeat(1_000_000) + 'the end');`),
    [],
  );
  stream.output.resume();
  const { complaint } = await stream.exited;
  expect(complaint).toHaveLength(2000);
  expect(complaint).toMatch(/the end$/);
});

test('a missing program is an error of the exit', async () => {
  const stream = new FfmpegStream('/nowhere/ffmpeg', []);
  stream.input.write('unread');
  expect(await stream.exited).toMatchObject({ error: { code: 'ENOENT' } });
  await stream.kill();
});

test('[INV4] a program that takes too much memory ends, and the limit costs it nothing else', async () => {
  const takesMuch = writeProgram(`
    const taken = [];
    try {
      for (;;) taken.push(Buffer.alloc(16 * 2 ** 20, 1));
    } catch {
      console.log(taken.length < 16 && process.argv[3] === 'an argument');
    }`);
  const stream = new FfmpegStream(takesMuch, ['-i', 'an argument'], 256);
  expect((await stream.output.toArray()).join('').trim()).toBe('true');
  await stream.kill();
});

test('a missing program is the same error within a limit of memory', async () => {
  const stream = new FfmpegStream('/nowhere/ffmpeg', ['-i', 'unread'], 256);
  stream.output.resume();
  expect(await stream.exited).toMatchObject({ error: { code: 'ENOENT' } });
  await stream.kill();
});

test('different programs side by side', async () => {
  const one = new FfmpegStream(writeProgram(`console.log('one')`), []);
  const two = new FfmpegStream(writeProgram(`console.log('two')`), []);
  const said = async ({ output }: FfmpegStream) => (await output.toArray()).join('').trim();
  expect(await Promise.all([said(one), said(two)])).toEqual(['one', 'two']);
  await Promise.all([one.exited, two.exited]);
});

test('[INV4] out of file descriptors: a named error, and the process lives on', () => {
  const script = fileURLToPath(new URL('./testing/exhaust-descriptors.ts', import.meta.url));
  const command = `ulimit -n 64; exec "$0" --import tsx "$1" "$2"`;
  const { stdout, stderr, status } = spawnSync(
    'bash',
    ['-c', command, process.execPath, script, ffmpeg],
    { encoding: 'utf8' },
  );
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const failures = 'decoder_failed ';
  expect(stdout).toMatch(new RegExp(`^(${failures}){10,20}(code 0 ){5,15}${failures}code 0$`));
});
