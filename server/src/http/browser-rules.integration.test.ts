import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ScriptedApplication,
  startScriptedApplication,
} from '../testing/scripted-application.ts';

/** What keeps pages that are not ours away from a server on loopback, open to everybody there. */

let node: ScriptedApplication;
beforeAll(async () => {
  node = await startScriptedApplication();
});
afterAll(() => node.close());

describe('the answer to', () => {
  test.each(['/health', '/api/v1/info', '/nothing', '/docs', '/metrics'])(
    '%s tells browsers to use nothing but this server, and nobody else to show it',
    async (path) => {
      const { headers } = await fetch(node.application.url + path);
      const text = headers.get('content-security-policy') ?? '';
      const policy = text.split(';');
      expect(policy).toContain("default-src 'self'");
      expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
      expect(policy).toContain("connect-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("object-src 'none'");
      expect(text).not.toMatch(/'unsafe-|\*|https?:|wss?:/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('access-control-allow-origin')).toBeNull();
    },
  );
});

describe('by a name that was made to point to this machine', () => {
  const ask = async (host: string, path: string) => {
    const place = { port: node.application.port, host: '127.0.0.1', path, headers: { host } };
    const [answer] = (await once(request(place).end(), 'response')) as [IncomingMessage];
    const body: unknown = JSON.parse(Buffer.concat(await answer.toArray()).toString());
    return { status: answer.statusCode, body };
  };

  test.each(['/', '/metrics', '/api/v1/nodes', '/health', '/nothing'])(
    'a page reads nothing of %s',
    async (path) => {
      expect(await ask('rebound.evil.example', path)).toMatchObject({
        status: 403,
        body: { error: { code: 'origin_refused' } },
      });
    },
  );

  test.each(['localhost', 'localhost:9999', '127.0.0.1', '[::1]:8080', 'talk.localhost'])(
    'is not asked who asks %s',
    async (host) => {
      expect((await ask(host, '/health')).status).toBe(200);
    },
  );
});
