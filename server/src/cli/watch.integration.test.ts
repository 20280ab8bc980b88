import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterEach, expect, test } from 'vitest';
import { finalCaption } from '../../../client/src/live/testing/captions.ts';
import { runCommand, startCommand } from './testing/run-command.ts';
import { type Script, ScriptedServer } from './testing/scripted-server.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

async function scripted(script: Script = {}): Promise<ScriptedServer> {
  const server = await new ScriptedServer(script).listen();
  cleanUps.push(() => server.close());
  return server;
}

const ada = { session: 'session-a', name: 'Ada', language: 'en' };

/** Two segments, the second of which is not translated yet. */
function fill(server: ScriptedServer): void {
  server.append({ type: 'speaker', speaker: { ...ada, live: true } });
  server.append({ type: 'final', caption: finalCaption({ text: 'Hello.' }) });
  server.append({ type: 'final', caption: finalCaption({ text: 'Hola.', language: 'es' }) });
  server.append({ type: 'gap', gap: { session: 'session-a', fromSeq: 50, toSeq: 125 } });
  server.append({ type: 'final', caption: finalCaption({ segment: 1, text: 'Good bye.' }) });
}

const secondTranslation = () => ({
  type: 'final' as const,
  caption: finalCaption({ segment: 1, text: 'Adiós.', language: 'es', startMs: 61_000 }),
});

test('[INV3] history, then live, until the last speaker has left and all is translated', async () => {
  const server = await scripted();
  fill(server);
  const args = ['watch', 'demo', '--language', 'es', '--url', server.url, '--until-end'];
  const { done, shows } = startCommand(args);
  await shows('Hola.');
  server.append({ type: 'speaker', speaker: { ...ada, live: false } });
  server.append(secondTranslation());
  const { exitCode, stdout, stderr } = await done;
  expect(stdout).toBe('0:00 Ada: Hola.\n0:01 (1.5 s lost on the way)\n1:01 Ada: Adiós.\n');
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
});

test('everything that one reads as JSON, with cursors', async () => {
  const server = await scripted();
  fill(server);
  server.append(secondTranslation());
  const { json, exitCode } = await runCommand([
    ...['watch', 'demo', '--language', 'es', '--url', server.url, '--once', '--json'],
  ]);
  expect(exitCode).toBe(0);
  expect(json.map(({ type, language, cursor }) => [type, language, cursor])).toEqual([
    ['final', 'en', '2-0'],
    ['final', 'es', '3-0'],
    ['gap', undefined, '4-0'],
    ['final', 'en', '5-0'],
    ['final', 'es', '6-0'],
    ['summary', undefined, undefined],
  ]);
  expect(json[1]).toEqual({
    type: 'final',
    session: 'session-a',
    segment: 0,
    language: 'es',
    text: 'Hola.',
    startMs: 0,
    endMs: 1000,
    engine: 'scripted',
    receivedAtMs: expect.any(Number),
    cursor: '3-0',
  });
  expect(json.at(-1)).toMatchObject({ finals: 2, reconnects: 0 });
});

test('once: what was said so far, and its translations as far as they come in time', async () => {
  const server = await scripted();
  fill(server);
  const args = ['watch', 'demo', '--language=es', '--url', server.url, '--once', '--original'];
  const { stdout, exitCode } = await runCommand([...args, '--wait', '0.2']);
  expect(exitCode).toBe(0);
  expect(stdout).toBe(
    '0:00 Ada: Hello.\n0:00 Ada: Hola.\n0:01 (1.5 s lost on the way)\n0:00 Ada: Good bye.\n',
  );
});

test('a room that its owner ends is over', async () => {
  const server = await scripted();
  fill(server);
  const args = ['watch', 'demo', '--language', 'en', '--url', server.url];
  const { done, shows } = startCommand(args);
  await shows('Good bye.');
  server.append({ type: 'ended', erased: false });
  expect((await done).exitCode).toBe(0);
});

test('Ctrl-C is how one leaves', async () => {
  const server = await scripted();
  fill(server);
  const args = ['watch', 'demo', '--language', 'en', '--url', server.url, '--json'];
  const { child, done, shows } = startCommand(args);
  await shows('Good bye.');
  child.kill('SIGINT');
  const { exitCode, json, stderr } = await done;
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(json.at(-1)).toMatchObject({ type: 'summary', finals: 2 });
});

test('a server with a certificate of its own: trusted by --ca or --insecure, refused without', async () => {
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  const folder = await mkdtemp(join(tmpdir(), 'parlance-'));
  cleanUps.push(() => rm(folder, { recursive: true }));
  const ca = join(folder, 'ca.pem');
  await writeFile(ca, pems.cert);
  const server = await scripted({ tls: { key: pems.private, cert: pems.cert } });
  fill(server);
  const args = ['watch', 'demo', '--language', 'en', '--once', '--url', server.url];
  const [insecure, trusted, refused, absent] = await Promise.all([
    runCommand([...args, '--insecure']),
    runCommand([...args, '--ca', ca]),
    runCommand(args),
    runCommand([...args, '--ca', join(folder, 'none.pem')]),
  ]);
  expect([insecure.stderr, insecure.exitCode]).toEqual(['', 0]);
  expect([trusted.stderr, trusted.exitCode]).toEqual(['', 0]);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/^parlance: server_unreachable: .*CERT.*--insecure\.\n$/);
  expect(absent.stderr).toMatch(/^parlance: file_unreadable: /);
});
