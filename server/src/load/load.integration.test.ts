import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand, startCommand } from '../cli/testing/run-command.ts';
import {
  type ScriptedApplication,
  startScriptedApplication,
} from '../testing/scripted-application.ts';

/** The command as one runs it, against a whole node with real Redis and FFmpeg. */

const PLACES = 3;
let node: ScriptedApplication;
beforeEach(async () => {
  node = await startScriptedApplication({ MAX_LIVE_SESSIONS: PLACES });
});
afterEach(() => node.close());

const load = (type: string, users: number, ...more: string[]) => [
  ...['load', '--type', type, '--users', `${users}`, '--url', node.application.url, '--json'],
  ...more,
];

test('health: so many requests, over as many connections as users', async () => {
  const { exitCode, json, stderr } = await runCommand(load('health', 5, '--requests', '40'));
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(json).toHaveLength(1);
  expect(json[0]).toMatchObject({
    ...{ type: 'load', of: 'health', users: 5, requests: 40, ok: 40, refused: 0, failed: 0 },
    times: { answer: { count: 40, median: expect.any(Number) } },
    errors: [],
  });
});

test('[INV8] live: speakers are heard; those beyond the places are refused by name, which is no failure', async () => {
  const { exitCode, json, stderr } = await runCommand(load('live', PLACES + 2, '--seconds', '4'));
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(json[0]).toMatchObject({
    ...{ requests: PLACES + 2, ok: PLACES, refused: 2, failed: 0 },
    errors: [{ code: 'server_busy', refused: true, count: 2 }],
    times: { start: { count: PLACES } },
  });
  expect(finalsOf(json)).toBeGreaterThan(0);
  // The sessions were stopped, so the places are free again.
  const { json: again } = await runCommand(load('live', 1, '--seconds', '3', '--to', 'es'));
  expect(again[0]).toMatchObject({ ok: 1, refused: 0 });
  expect(finalsOf(again)).toBeGreaterThan(0);
});

test('watch: everybody reads what the one who comes along says, and Ctrl-C tells what there is', async () => {
  const before = await answered();
  const { child, done } = startCommand(load('watch', 4, '--seconds', '600'));
  await expect.poll(viewers, { timeout: 20_000 }).toBe(4);
  // Whoever sits here may not know it yet: four joins and the speaker's start are answered.
  await expect.poll(async () => (await answered()) - before, { timeout: 20_000 }).toBe(5);
  child.kill('SIGINT');
  const { exitCode, json, stderr } = await done;
  expect([exitCode, stderr]).toEqual([130, '']);
  expect(json[0]).toMatchObject({ interrupted: true, failed: 0, times: { join: { count: 4 } } });
});

test('what the server did not refuse by name is a failure; a server elsewhere is left alone', async () => {
  const broken = createServer(({ url }, response) => {
    if (url === '/health') response.writeHead(500).end();
    else response.end(JSON.stringify({ name: 'parlance', version: '1', keyRequired: false }));
  });
  await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
  const { port } = broken.address() as AddressInfo;
  const args = ['load', '--type', 'health', '--users', '2', '--requests', '4'];
  const [failed, elsewhere] = await Promise.all([
    runCommand([...args, '--url', `http://127.0.0.1:${port}`]),
    runCommand([...args, '--url', 'http://192.0.2.1:8080']),
  ]);
  broken.close();
  expect(failed.stdout).toMatch(/0 of 4 \(0 %\), 0 refused, 4 failed[\s\S]*failed +http_500 4\n/);
  expect(failed.exitCode).toBe(1);
  expect(elsewhere.stderr).toMatch(
    /^parlance: unauthorized: Expected a key for a server elsewhere/,
  );
  expect([elsewhere.exitCode, elsewhere.stdout]).toEqual([1, '']);
});

/** As the node counts them. */
const viewers = () => figure(/^parlance_viewers (\d+)$/m);
const answered = () =>
  figure(/^parlance_requests_total\{transport="socket",outcome="ok"\} (\d+)$/m);

async function figure(line: RegExp): Promise<number> {
  const metrics = await (await fetch(`${node.application.url}/metrics`)).text();
  return Number(line.exec(metrics)?.[1]);
}

function finalsOf(json: readonly Record<string, unknown>[]): number {
  const counts = json[0]?.counts as Readonly<Record<string, number>> | undefined;
  return counts?.finals ?? 0;
}
