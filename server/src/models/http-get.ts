import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import tls from 'node:tls';
import { type ProxySettings, proxyFor } from '../config/proxy-settings.ts';

export interface HttpGetOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly proxies: ProxySettings;
  /** Until a connection stands; without a network this is the longest one waits. */
  readonly connectMs: number;
  /** From the connection to the answer's headers. */
  readonly answerMs: number;
  readonly signal: AbortSignal;
  /** Certificate authority to trust instead of the system's. */
  readonly ca?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** The caller reads it to its end or destroys it. */
  readonly body: Readable;
}

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * One GET over http or https, through a proxy where one is set, following redirects (never from
 * https to http). Rejects with what went wrong on the way; any status is an answer.
 */
export async function httpGet(from: URL, options: HttpGetOptions): Promise<HttpAnswer> {
  let url = from;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const answer = await requestOnce(url, options);
    const location = answer.headers.location;
    if (!REDIRECTS.has(answer.status) || location === undefined) return answer;
    answer.body.destroy();
    const next = new URL(location, url);
    if (url.protocol === 'https:' && next.protocol !== 'https:') {
      throw new Error(`Expected a redirect to https, got one to ${next.protocol}//${next.host}`);
    }
    url = next;
  }
  throw new Error(`Expected at most ${MAX_REDIRECTS} redirects, got more`);
}

/** What went wrong on the way, in words: of the system's errors only the code. */
export function httpProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : `Expected a connection, got ${code}`;
}

async function requestOnce(url: URL, options: HttpGetOptions): Promise<HttpAnswer> {
  const { signal, headers } = options;
  const proxy = proxyFor(url, options.proxies);
  if (url.protocol === 'https:') {
    const trust = options.ca === undefined ? {} : { ca: options.ca };
    if (proxy === null) {
      return await answerOf(
        https.request(url, { agent: false, headers, signal, ...trust }),
        options,
      );
    }
    const socket = await openTunnel(url, proxy, options);
    const createConnection = () => {
      const secure = tls.connect({ socket, servername: url.hostname, ...trust });
      secure.once('close', () => socket.destroy());
      return secure;
    };
    return await answerOf(https.request(url, { headers, signal, createConnection }), options);
  }
  if (proxy === null)
    return await answerOf(http.request(url, { agent: false, headers, signal }), options);
  const viaProxy = { ...headers, host: url.host, ...proxyAuthorization(proxy) };
  const request = clientOf(proxy).request({
    ...addressOf(proxy),
    path: url.href,
    headers: viaProxy,
    agent: false,
    signal,
  });
  return await answerOf(request, options);
}

/** Sends the request and waits for the headers, within the limits. */
function answerOf(request: http.ClientRequest, options: HttpGetOptions): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const disarm = armLimits(request, options);
    request.on('error', (error) => {
      disarm();
      reject(error);
    });
    request.once('response', (response) => {
      disarm();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: response });
    });
    request.end();
  });
}

/** Opens a connection to the target through the proxy (RFC 9110, section 9.3.6). */
function openTunnel(url: URL, proxy: URL, options: HttpGetOptions): Promise<Socket> {
  const target = `${url.hostname}:${url.port || '443'}`;
  return new Promise((resolve, reject) => {
    const request = clientOf(proxy).request({
      ...addressOf(proxy),
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...proxyAuthorization(proxy) },
      agent: false,
      signal: options.signal,
    });
    const disarm = armLimits(request, options);
    request.on('error', (error) => {
      disarm();
      reject(error);
    });
    request.once('connect', (response, socket) => {
      disarm();
      if (response.statusCode === 200) return resolve(socket as Socket);
      socket.destroy();
      reject(new Error(`Expected the proxy ${proxy.host} to connect, got ${response.statusCode}`));
    });
    request.end();
  });
}

/** Ends the request when no connection, or then no answer, comes in time. Returns the disarming. */
function armLimits(request: http.ClientRequest, options: HttpGetOptions): () => void {
  const expect = (what: string, limitMs: number) =>
    setTimeout(
      () => request.destroy(new Error(`Expected ${what} within ${limitMs / 1000} s, got none`)),
      limitMs,
    );
  let timer = expect('a connection', options.connectMs);
  request.once('socket', (socket) => {
    const connected = () => {
      clearTimeout(timer);
      timer = expect('an answer', options.answerMs);
    };
    if (socket.connecting) socket.once('connect', connected);
    else connected();
  });
  return () => clearTimeout(timer);
}

function clientOf(proxy: URL): typeof http | typeof https {
  return proxy.protocol === 'https:' ? https : http;
}

function addressOf(proxy: URL): { host: string; port: string } {
  return {
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port || (proxy.protocol === 'https:' ? '443' : '80'),
  };
}

function proxyAuthorization(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {};
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}
