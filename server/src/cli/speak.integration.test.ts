import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { runCommand, startCommand } from './testing/run-command.ts';
import { type Script, ScriptedServer, SEGMENT_FRAMES } from './testing/scripted-server.ts';
import { testClip } from './testing/test-clip.ts';

const clip = testClip();
/** The encoder fills its last packet up, and may add one for its look-ahead. */
const clipFrames = Math.ceil(clip.seconds * 50);
const clipSegments = Math.ceil(clipFrames / SEGMENT_FRAMES);

let servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

async function scripted(script: Script = {}): Promise<ScriptedServer> {
  const server = await new ScriptedServer(script).listen();
  servers.push(server);
  return server;
}

const speakArgs = (url: string, ...more: string[]) => [
  ...['speak', clip.path, '--room', 'demo', '--from', 'en', '--to', 'es,ca', '--url', url],
  ...more,
];

test('[INV1] a real file goes out whole, and every final and translation comes back as JSON', async () => {
  const server = await scripted();
  const { exitCode, json, stderr } = await runCommand(
    speakArgs(server.url, '--speed', 'max', '--json', '--name', 'Ada'),
  );
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  expect(server.starts).toMatchObject([
    { room: 'demo', language: 'en', offers: ['es', 'ca'], reads: ['es', 'ca'], speakerName: 'Ada' },
  ]);
  const frames = server.taken.length;
  expect(Math.abs(frames - clipFrames)).toBeLessThanOrEqual(2);
  expect(server.taken).toEqual(Array.from({ length: frames }, (_, seq) => seq));
  const finals = json.filter(({ type }) => type === 'final');
  for (const language of ['en', 'es', 'ca']) {
    const own = finals.filter((final) => final.language === language);
    expect(own.map(({ segment }) => segment)).toEqual(
      Array.from({ length: clipSegments }, (_, segment) => segment),
    );
  }
  expect(finals[0]).toEqual({
    type: 'final',
    session: 'session-a',
    segment: 0,
    language: 'en',
    text: 'Words of segment 0.',
    startMs: 0,
    endMs: 2000,
    engine: 'scripted',
    receivedAtMs: expect.any(Number),
  });
  expect(json.find(({ type }) => type === 'partial')).toEqual({
    type: 'partial',
    session: 'session-a',
    segment: 0,
    language: 'en',
    text: 'Words of segment 0',
    startMs: 0,
    endMs: 1000,
    revision: 1,
    stableLength: 9,
    receivedAtMs: expect.any(Number),
  });
  expect(json.at(-1)).toEqual({
    type: 'summary',
    session: 'session-a',
    frames,
    segments: clipSegments,
    durationMs: frames * 20,
    finals: clipSegments,
    translations: 2 * clipSegments,
    missing: [],
    reconnects: 0,
    gaps: 0,
    receivedAtMs: expect.any(Number),
  });
});

test('where the output is no terminal, finals are printed, a line each', async () => {
  const server = await scripted();
  const { exitCode, stdout, stderr } = await runCommand(speakArgs(server.url, '--speed', '50'));
  expect(exitCode).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(3 * clipSegments);
  expect(lines).toContain('0:02 en Words of segment 1.');
  expect(lines).toContain('0:02 ca Segment 1 in ca.');
  expect(stdout).not.toContain('\u001b');
  expect(stderr).toContain(`${server.url}/watch/demo`);
  expect(stderr).toContain(`${clipSegments} finals, ${2 * clipSegments} translations.`);
});

test('[INV1] [INV2] a link that breaks costs no frame and no final', async () => {
  const server = await scripted({ cutAtFrame: 220 });
  const { exitCode, json } = await runCommand(speakArgs(server.url, '--speed', 'max', '--json'));
  expect(exitCode).toBe(0);
  const frames = server.taken.length;
  expect(server.taken).toEqual(Array.from({ length: frames }, (_, seq) => seq));
  expect(json.at(-1)).toMatchObject({
    frames,
    reconnects: 1,
    gaps: 0,
    missing: [],
    finals: clipSegments,
    translations: 2 * clipSegments,
  });
});

test('what does not come in time is named', async () => {
  const [one, other] = [await scripted({ withheld: ['ca'] }), await scripted({ withheld: ['ca'] })];
  const args = ['--speed', 'max', '--wait', '0.2'];
  const plain = await runCommand(speakArgs(one.url, ...args));
  expect(plain.exitCode).toBe(1);
  const segments = Array.from({ length: clipSegments }, (_, segment) => segment);
  expect(plain.stderr).toContain(`missing: ca of segments ${segments.join(', ')}`);
  const { json } = await runCommand(speakArgs(other.url, ...args, '--json'));
  expect(json.at(-1)?.missing).toEqual(segments.map((segment) => ({ segment, language: 'ca' })));
});

test('[INV1] Ctrl-C stops cleanly: what was said becomes final', async () => {
  const server = await scripted();
  const { child, done, shows } = startCommand(speakArgs(server.url, '--json'));
  await shows('"partial"');
  child.kill('SIGINT');
  const { exitCode, json } = await done;
  expect(exitCode).toBe(0);
  expect(server.stops).toBe(1);
  const summary = json.at(-1);
  expect(summary).toMatchObject({ type: 'summary', frames: server.taken.length, missing: [] });
  expect(server.taken.length).toBeLessThan(clipFrames);
  expect(summary?.finals).toBe(Math.ceil(server.taken.length / SEGMENT_FRAMES));
});

test('a second Ctrl-C leaves at once', async () => {
  const server = await scripted({ withheld: ['es'] });
  const { child, done, shows } = startCommand(speakArgs(server.url));
  await shows('watch/demo');
  child.kill('SIGINT');
  await shows('Ctrl-C again');
  child.kill('SIGINT');
  expect((await done).exitCode).toBe(130);
});

test('a server that refuses is reported in one line, with its code', async () => {
  const server = await scripted({
    refuseStart: new AppError('language_unsupported', 'Expected en, got xx.'),
  });
  const { exitCode, stderr, json } = await runCommand(
    speakArgs(server.url, '--json', '--speed', 'max'),
  );
  expect(exitCode).toBe(1);
  expect(stderr).toBe('parlance: language_unsupported: Expected en, got xx.\n');
  expect(json).toMatchObject([{ type: 'summary', frames: 0, error: 'language_unsupported' }]);
});

test('an absent server is reported with what to do', async () => {
  const server = await scripted();
  await server.close();
  const { exitCode, stderr } = await runCommand(speakArgs(server.url));
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^0\.0 s spoken.*\nparlance: server_unreachable: .*ECONNREFUSED.*--url\.\n$/,
  );
});

test('a file that is none, or none with sound, begins no session', async () => {
  const server = await scripted();
  for (const file of ['/no/such/file.mp3', import.meta.filename]) {
    const args = ['speak', file, '--room', 'demo', '--url', server.url, '--json'];
    const { exitCode, stderr } = await runCommand(args);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^parlance: file_unreadable: .*\n$/);
  }
  expect(server.starts).toEqual([]);
});

test('the key comes from the option, the link or the environment, exactly as it was given', async () => {
  const token = '00120034005600780090';
  const base = ['speak', clip.path, '--speed', 'max', '--json'];
  const ways = [
    (url: string) => runCommand([...base, '--room', 'demo', '--url', url, '--token', token]),
    (url: string) =>
      runCommand([...base, '--room', 'demo'], { PARLANCE_URL: url, PARLANCE_TOKEN: token }),
    (url: string) => runCommand([...base, '--room', `${url}/speak/demo#k=${token}`]),
  ];
  for (const speak of ways) {
    const { exitCode, stderr } = await speak((await scripted({ token })).url);
    expect([exitCode, stderr]).toEqual([0, '']);
  }
  const { url } = await scripted({ token });
  const { exitCode, stderr } = await runCommand([...base, '--room', 'demo', '--url', url]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^parlance: unauthorized: .*PARLANCE_TOKEN\.\n$/);
});

test('a glossary goes with the start; two columns need no header where one language is read', async () => {
  const server = await scripted();
  const folder = await mkdtemp(join(tmpdir(), 'parlance-terms-'));
  const [table, pairs] = [join(folder, 'terms.csv'), join(folder, 'pairs.tsv')];
  await writeFile(table, 'term;heard as;keep;es\r\nParlance;par lance;yes;\r\nslot;;;turno\r\n');
  await writeFile(pairs, 'slot\tturno\n');
  const short = ['--speed', 'max', '--json'];
  expect((await runCommand(speakArgs(server.url, ...short, '--glossary', table))).exitCode).toBe(0);
  const shared = { language: 'en', heardAs: [], keep: false };
  const slot = { ...shared, term: 'slot', translations: { es: 'turno' } };
  const own = { ...shared, term: 'Parlance', heardAs: ['par lance'], keep: true };
  expect(server.starts[0]?.glossary).toEqual([{ ...own, translations: {} }, slot]);

  const other = await scripted();
  const spanish = ['speak', clip.path, '--room', 'demo', '--to', 'es', '--url', other.url];
  const { exitCode } = await runCommand([...spanish, ...short, `--glossary=${pairs}`]);
  expect([exitCode, other.starts[0]?.glossary]).toEqual([0, [slot]]);
  await rm(folder, { recursive: true });
});

test('a glossary that is wrong is told by rows, and begins no session', async () => {
  const server = await scripted();
  const folder = await mkdtemp(join(tmpdir(), 'parlance-terms-'));
  const path = join(folder, 'terms.csv');
  await writeFile(path, 'term,keep\nSecret,maybe\n,yes\n');
  const wrong = await runCommand(speakArgs(server.url, '--glossary', path));
  expect(wrong).toMatchObject({ exitCode: 1, stdout: '' });
  expect(wrong.stderr).toBe(
    [
      `parlance: invalid_setting: Expected --glossary with a glossary, got ${path} with problems:`,
      '  Row 2: expected yes or no in column "keep", got another word.',
      '  Row 3: expected a term in column "term", got nothing.\n',
    ].join('\n'),
  );
  const none = await runCommand(speakArgs(server.url, '--glossary', join(folder, 'none.csv')));
  expect(none.stderr).toMatch(/^parlance: invalid_setting: .*--glossary.*ENOENT.*\n$/);
  expect(server.starts).toEqual([]);
  await rm(folder, { recursive: true });
});
