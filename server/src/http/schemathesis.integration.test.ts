import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findSchemathesis } from '../testing/schemathesis.ts';
import { startScriptedApplication } from '../testing/scripted-application.ts';

const ACCESS_KEY = 'the-key-of-an-operator';
const EXAMPLES = 40;
const ENOUGH = 1_000_000;
const LIMIT_MS = 120_000;

test(
  'no made-up request gets another answer than the document says',
  async () => {
    const found = await findSchemathesis();
    if (found.kind === 'missing') {
      // Said aloud: the set-up has told it too, and CI installs it.
      process.stderr.write(`${found.why} The HTTP server was not attacked.\n`);
      expect(process.env.CI).not.toBe('true');
      return;
    }
    const folder = await mkdtemp(join(tmpdir(), 'parlance-schemathesis-'));
    const node = await startScriptedApplication({
      ACCESS_KEY,
      RATE_LIMIT_PER_MINUTE: ENOUGH,
      RATE_LIMIT_PER_ADDRESS: ENOUGH,
    });
    try {
      const { failed, output } = await new Promise<{ failed: boolean; output: string }>(
        (resolve) => {
          execFile(
            found.command,
            [
              ...found.args,
              ...['run', `${node.application.url}/openapi.json`],
              ...['--header', `X-API-Key: ${ACCESS_KEY}`],
              // There is no page in this server.
              ...['--exclude-tag', 'Page'],
              ...['--phases', 'examples,coverage,fuzzing', '--max-examples', `${EXAMPLES}`],
              ...['--generation-deterministic', '--no-color'],
            ],
            { cwd: folder, maxBuffer: 64 * 2 ** 20 },
            (error, stdout, stderr) => resolve({ failed: error !== null, output: stdout + stderr }),
          );
        },
      );
      expect(failed ? output : '').toBe('');
      const [, tried, passed] = /(\d+) generated, (\d+) passed/.exec(output) ?? [];
      expect(Number(tried)).toBeGreaterThan(300);
      expect(passed).toBe(tried);
    } finally {
      await node.close();
      await rm(folder, { recursive: true });
    }
  },
  LIMIT_MS,
);
