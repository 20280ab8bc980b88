import { type Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { AppError } from '../../../shared/errors.ts';

/** A server that takes longer to answer a plain request counts as unreachable. */
const ANSWER_LIMIT_MS = 10_000;
/** Answers are some hundred bytes; what is longer is not ours. */
const MAX_ANSWER_BYTES = 65_536;

export interface AskOptions {
  readonly key: string | undefined;
  /** Of TLS: `ca`, `rejectUnauthorized`. */
  readonly tls: object;
  readonly agent?: Agent;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One GET. Rejects with `server_unreachable`, or with the signal's reason. */
export async function askServer(
  url: string,
  { key, tls, agent, signal }: AskOptions,
): Promise<Answer> {
  signal?.throwIfAborted();
  const begin = url.startsWith('https:') ? httpsRequest : httpRequest;
  const request = begin(url, {
    ...tls,
    ...(agent === undefined ? {} : { agent }),
    headers: key === undefined ? {} : { 'X-API-Key': key },
  });
  // Signals made for each of thousands of requests a second would outlive them.
  const stop = (): void => void request.destroy();
  const limit = setTimeout(stop, ANSWER_LIMIT_MS);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).once('error', reject).end();
    });
    return { status: response.statusCode ?? 0, body: await bodyOf(response) };
  } catch (cause) {
    signal?.throwIfAborted();
    const got = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no answer';
    throw new AppError(
      'server_unreachable',
      `Expected ${new URL(url).origin} to answer, got: ${got}.`,
      { cause },
    );
  } finally {
    clearTimeout(limit);
    signal?.removeEventListener('abort', stop);
  }
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  let body = '';
  response.setEncoding('utf8');
  for await (const text of response) {
    body += text;
    if (body.length > MAX_ANSWER_BYTES) {
      throw new AppError('server_unreachable', 'Expected a short answer, got a long one.');
    }
  }
  return body;
}
