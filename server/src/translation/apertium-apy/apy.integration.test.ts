import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRemoteTranslator } from '../remote/remote-translator.ts';
import { describeTranslator } from '../translator.contract.ts';
import { createApyEngine } from './apy-engine.ts';

/** Debian's package; see docs/operations.md on why the set-up installs it for CI only. */
const PROGRAM = '/usr/bin/apertium-apy';
const MODES = '/usr/share/apertium/modes';
const START_LIMIT_MS = 30_000;

if (existsSync(PROGRAM)) {
  let apy: ChildProcess;
  let url: string;

  beforeAll(async () => {
    const port = await freePort();
    // It listens on every address unless it is told which port alone: loopback is asked by us only.
    apy = spawn(PROGRAM, ['--port', String(port), '--timeout', '20', MODES], {
      stdio: 'ignore',
      detached: true,
    });
    url = `http://127.0.0.1:${port}`;
    await answering(`${url}/listPairs`);
  });

  afterAll(async () => {
    if (apy.pid === undefined || apy.exitCode !== null) return;
    const ended = new Promise((resolve) => apy.once('exit', resolve));
    // Its pipelines of Apertium's programs belong to the same group.
    process.kill(-apy.pid, 'SIGKILL');
    await ended;
  });

  describeTranslator('Apertium APy', {
    create: () => createRemoteTranslator(createApyEngine({ url }), { limits: PATIENT }),
    pairs: [
      { from: 'en', to: 'es', via: [] },
      { from: 'en', to: 'ca', via: [] },
    ],
    unsupported: { from: 'en', to: 'de' },
    maxTextChars: 10_000,
    runningProcesses: () => Promise.resolve(0),
  });

  test('translates as Apertium itself does, without its marks on words that it does not know', async () => {
    const translator = await createRemoteTranslator(createApyEngine({ url }), { limits: PATIENT });
    const { text, engine, quality } = await translator.translate({
      text: "We met at 5 pm in Zurvakia's old house.",
      from: 'en',
      to: 'es',
      kind: 'final',
    });
    expect({ engine, quality }).toEqual({ engine: 'apertium-apy', quality: 'basic' });
    expect(text).toContain('Zurvakia');
    expect(text).toContain('casa');
    expect(text).not.toContain('*');
    await translator.close();
  });
} else {
  test(`apertium-apy did not run: ${PROGRAM} is not there (Debian: apt-get install apertium-apy)`, () => {
    expect(existsSync(PROGRAM)).toBe(false);
  });
}

/** It starts a program for each direction that is asked for first, and two for every text. */
const PATIENT = { timeoutMs: 30_000, totalMs: 60_000, maxWaiting: 512, partialTimeoutMs: 30_000 };

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('Expected a port.');
  return address.port;
}

async function answering(address: string): Promise<void> {
  const patience = AbortSignal.timeout(START_LIMIT_MS);
  for (;;) {
    const status = await fetch(address, { signal: patience }).then(
      (answer) => answer.status,
      () => null,
    );
    if (status === 200) return;
    await delay(100, undefined, { signal: patience });
  }
}
