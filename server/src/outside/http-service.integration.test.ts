import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Behaviour, json, OutsideServer } from '../testing/outside-server.ts';
import { HttpService } from './http-service.ts';
import type { OutsideError } from './outside-error.ts';

const SECRET = 'sk-secret-0123456789';
const SPOKEN = 'marmalade at dawn';
const schema = z.object({ answer: z.string() });
const NEVER = new AbortController().signal;

describe('HttpService', () => {
  let server: OutsideServer;
  let service: HttpService;

  beforeEach(async () => {
    server = await OutsideServer.start(() => json({ answer: 'fine', more: 1 }));
    service = new HttpService({
      name: 'scripted',
      baseUrl: `${server.url}/v1/`,
      headers: { authorization: `Bearer ${SECRET}` },
      connections: 2,
      maxAnswerBytes: 1_000,
    });
  });
  afterEach(async () => {
    await service.close();
    await service.close();
    await server.die();
  });

  const ask = () => service.post('/ask', { json: { text: SPOKEN } }, schema, NEVER);
  const failure = async (behaviour: Behaviour): Promise<OutsideError> => {
    server.answer = () => behaviour;
    return await ask().then(
      () => expect.fail('It was answered.'),
      (error: OutsideError) => error,
    );
  };

  it('sends the key in a header and nothing in the address, and reads what was agreed', async () => {
    await expect(ask()).resolves.toEqual({ answer: 'fine' });
    await expect(service.get('/list', schema, NEVER)).resolves.toEqual({ answer: 'fine' });
    const [first, second] = server.requests;
    expect(first).toMatchObject({ method: 'POST', path: '/v1/ask' });
    expect(first?.headers.authorization).toBe(`Bearer ${SECRET}`);
    expect(first?.body.toString()).toBe(JSON.stringify({ text: SPOKEN }));
    expect(second).toMatchObject({ method: 'GET', path: '/v1/list' });
    expect(second?.body.length).toBe(0);
  });

  it.each([
    ['no JSON', { kind: 'answer', body: `<html>${SPOKEN}` }, 'bad_answer'],
    ['another shape', json({ answer: [SPOKEN] }), 'bad_answer'],
    ['half a JSON', { kind: 'answer', body: '{"answer": "fi' }, 'bad_answer'],
    ['a body that is too long', json({ answer: 'x'.repeat(1_000) }), 'bad_answer'],
    ['a body without end', { kind: 'endless', chunk: SPOKEN }, 'bad_answer'],
    ['a cut connection', { kind: 'reset' }, 'unreachable'],
    ['half a body', { kind: 'truncate', body: '{"answer": "fine"}', bytes: 9 }, 'unreachable'],
    ['a redirect', json({}, 302, { location: 'http://127.0.0.1:9/' }), 'denied'],
    ['401', json({ error: SPOKEN }, 401), 'denied'],
    ['400', json({ error: SPOKEN }, 400), 'rejected'],
    ['500 without end', { kind: 'answer', status: 500, body: 'x'.repeat(100_000) }, 'broken'],
    ['503', json({}, 503), 'unavailable'],
  ] as const)('names %s, and tells nothing of what was said', async (_, behaviour, fault) => {
    const error = await failure(behaviour);
    expect(error).toMatchObject({ name: 'OutsideError', fault });
    expect(error.message).toMatch(/^scripted: expected /);
    for (const secret of [SPOKEN, SECRET])
      expect(JSON.stringify(error) + error.stack).not.toContain(secret);
    expect(server.requests).toHaveLength(1);
    // The connection pool is as good as before.
    server.answer = () => json({ answer: 'again' });
    await expect(ask()).resolves.toEqual({ answer: 'again' });
  });

  it('reads Retry-After and the parameter that a model refuses', async () => {
    expect(await failure(json({}, 429, { 'retry-after': '7' }))).toMatchObject({
      fault: 'overloaded',
      retryAfterMs: 7_000,
    });
    const refusalOf = (param: string) =>
      json({ error: { message: SPOKEN, param, code: 'unsupported_parameter' } }, 400);
    expect(await failure(refusalOf('text'))).toMatchObject({ parameter: 'text' });
    expect(await failure(refusalOf('text[0].content'))).toMatchObject({ parameter: 'text' });
  });

  it.each([
    { json: { max_tokens: 1 } },
    { form: new URLSearchParams({ max_tokens: '1' }) },
    {
      multipart: {
        fields: ['max_tokens[]'],
        contentType: 'multipart/form-data; boundary=x',
        bytes: Buffer.from('--x--\r\n'),
      },
    },
  ])('[INV7] knows a refused parameter by what was sent, and takes no other word', async (body) => {
    const named = async (param: unknown) => {
      server.answer = () => json({ error: { message: SPOKEN, param } }, 400);
      const asked = service.post('/ask', body, schema, NEVER);
      return await asked.catch((error: OutsideError) => error.parameter);
    };
    expect(await named('max_tokens')).toMatch(/^max_tokens/);
    for (const word of ['marmalade', SPOKEN, 'max', '', 7, 'toString']) {
      expect(await named(word)).toBeUndefined();
    }
  });

  it('is reached by any answer, of whatever shape and length, that is no web page', async () => {
    const reach = () => service.reach('/models', NEVER);
    for (const body of ['[]', '{"data":[]}', '', `[${'1,'.repeat(200_000)}1]`]) {
      server.answer = () => ({ kind: 'answer', body });
      await expect(reach()).resolves.toBeUndefined();
    }
    server.answer = () => ({
      kind: 'answer',
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: '<!doctype html>',
    });
    await expect(reach()).rejects.toMatchObject({ fault: 'bad_answer' });
    server.answer = () => json({}, 401);
    await expect(reach()).rejects.toMatchObject({ fault: 'denied', status: 401 });
    server.answer = () => ({ kind: 'reset' });
    await expect(reach()).rejects.toMatchObject({ fault: 'unreachable' });
    server.answer = () => json({ answer: 'again' });
    await expect(ask()).resolves.toEqual({ answer: 'again' });
  });

  it.each([{ kind: 'hang' }, { kind: 'stall', body: '{"ans' }] as const)(
    'ends with the signal where a server is silent: $kind',
    async (behaviour) => {
      const stop = new AbortController();
      const reason = new Error('enough');
      let arrived = () => {};
      const asked = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      server.answer = () => {
        arrived();
        return behaviour;
      };
      const asking = service.post('/ask', { json: {} }, schema, stop.signal);
      await asked;
      stop.abort(reason);
      await expect(asking).rejects.toBe(reason);
    },
  );

  it('is unreachable while nobody listens, and works when somebody does again', async () => {
    await ask();
    await server.die();
    await expect(ask()).rejects.toMatchObject({
      fault: 'unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    await server.revive();
    await expect(ask()).resolves.toEqual({ answer: 'fine' });
  });

  it('goes through a proxy where one is set', async () => {
    const targets: string[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      targets.push(request.url ?? '');
      const onward = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      // Whoever hangs up first ends the other.
      for (const end of [socket, onward]) end.on('error', () => onward.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const proxied = new HttpService({
      name: 'scripted',
      baseUrl: 'http://engine.invalid/v1',
      connections: 1,
      maxAnswerBytes: 1_000,
      proxies: {
        forHttp: new URL(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`),
        forHttps: null,
        direct: [],
      },
    });
    await expect(proxied.get('/list', schema, NEVER)).resolves.toEqual({ answer: 'fine' });
    expect(targets).toEqual(['engine.invalid:80']);
    await proxied.close();
    await new Promise((resolve) => proxy.close(resolve));
  });
});
