import { Agent, type Dispatcher, ProxyAgent, request } from 'undici';
import { z } from 'zod';
import { NO_PROXY, type ProxySettings, proxyFor } from '../config/proxy-settings.ts';
import { faultOfStatus, OutsideError, readRetryAfter } from './outside-error.ts';

export interface HttpServiceOptions {
  /** As shown in errors and logs. */
  readonly name: string;
  /** Paths are appended to it; it may have one of its own, such as `/v1`. */
  readonly baseUrl: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Connections at the same time. */
  readonly connections: number;
  readonly maxAnswerBytes: number;
  readonly proxies?: ProxySettings;
}

/** What a request may carry. */
export type RequestBody =
  | { readonly json: unknown }
  | { readonly form: URLSearchParams }
  /** Sent as multipart/form-data. */
  | { readonly multipart: MultipartBody };

export interface MultipartBody {
  /** Names of its fields. */
  readonly fields: readonly string[];
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** How long a connection without work is kept; shorter than most servers do. */
const KEEP_ALIVE_MS = 4_000;
/** Of an error's body no more is read: it only names a parameter. */
const MAX_PROBLEM_BYTES = 8_192;
const USER_AGENT = 'parlance';
/** Of an answer whose words do not matter. */
const WEB_PAGE = /^text\/html\b/i;

/** The one part of an OpenAI-compatible error that we act on. */
const problemSchema = z.object({
  error: z.object({ param: z.string() }),
});

/**
 * One HTTP service outside. Answers are size-limited and checked against a schema; redirects are not
 * followed, so that a key goes nowhere else. Rejects with an {@link OutsideError}, or with the signal's
 * reason.
 */
export class HttpService {
  readonly #options: HttpServiceOptions;
  readonly #base: string;
  readonly #dispatcher: Dispatcher;
  #closing: Promise<void> | null = null;

  constructor(options: HttpServiceOptions) {
    this.#options = options;
    this.#base = options.baseUrl.replace(/\/+$/, '');
    const pool = { connections: options.connections, keepAliveTimeout: KEEP_ALIVE_MS };
    const proxy = proxyFor(new URL(options.baseUrl), options.proxies ?? NO_PROXY);
    this.#dispatcher =
      proxy === null ? new Agent(pool) : new ProxyAgent({ uri: proxy.href, ...pool });
  }

  get<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    return this.#ask('GET', path, null, signal, (answer) => this.#read(answer, schema));
  }

  post<T>(path: string, body: RequestBody, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    return this.#ask('POST', path, body, signal, (answer) => this.#read(answer, schema));
  }

  /** Resolves where a service answers GET, whatever it says; a page for people is no service. */
  reach(path: string, signal: AbortSignal): Promise<void> {
    return this.#ask('GET', path, null, signal, async ({ headers, body }) => {
      await body.dump({ limit: this.#options.maxAnswerBytes, signal });
      if (WEB_PAGE.test(String(headers['content-type']))) {
        throw this.#error('bad_answer', 'the interface of a service, got a web page');
      }
    });
  }

  /** Ends what is under way; leaves no connection. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#dispatcher.destroy();
    return this.#closing;
  }

  async #ask<T>(
    method: 'GET' | 'POST',
    path: string,
    body: RequestBody | null,
    signal: AbortSignal,
    read: (answer: Dispatcher.ResponseData) => Promise<T>,
  ): Promise<T> {
    const { type, content } = body === null ? NO_BODY : writeBody(body);
    try {
      const answer = await request(this.#base + path, {
        method,
        headers: {
          accept: 'application/json',
          'user-agent': USER_AGENT,
          ...(type === null ? {} : { 'content-type': type }),
          ...this.#options.headers,
        },
        body: content,
        signal,
        dispatcher: this.#dispatcher,
      });
      if (answer.statusCode === 200) return await read(answer);
      const problem = await readBounded(answer.body, MAX_PROBLEM_BYTES).catch(() => null);
      throw this.#refused(answer, problem, body);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof OutsideError) throw error;
      throw this.#error('unreachable', `a connection, got ${reasonOf(error)}`);
    }
  }

  #refused(
    { statusCode: status, headers }: Dispatcher.ResponseData,
    problem: string | null,
    sent: RequestBody | null,
  ): OutsideError {
    const parsed = problemSchema.safeParse(problem === null ? null : parseJson(problem));
    return this.#error(faultOfStatus(status), `status 200, got ${status}`, {
      status,
      retryAfterMs: readRetryAfter(headers['retry-after'], Date.now()),
      parameter:
        parsed.success && sent !== null ? sentParameter(parsed.data.error.param, sent) : undefined,
    });
  }

  async #read<T>({ body }: Dispatcher.ResponseData, schema: z.ZodType<T>): Promise<T> {
    const text = await readBounded(body, this.#options.maxAnswerBytes);
    if (text === null) {
      throw this.#error('bad_answer', `at most ${this.#options.maxAnswerBytes} bytes, got more`);
    }
    return this.#parse(text, schema);
  }

  #parse<T>(text: string, schema: z.ZodType<T>): T {
    const json = parseJson(text);
    if (json === undefined) throw this.#error('bad_answer', 'JSON, got something else');
    const parsed = schema.safeParse(json);
    if (parsed.success) return parsed.data;
    // Where it is wrong, but never what stands there.
    const place = parsed.error.issues[0]?.path.join('.') || 'the whole';
    throw this.#error('bad_answer', `an answer of the agreed shape, got another at ${place}`);
  }

  #error(
    fault: OutsideError['fault'],
    expectation: string,
    details: ConstructorParameters<typeof OutsideError>[2] = {},
  ): OutsideError {
    return new OutsideError(fault, `${this.#options.name}: expected ${expectation}.`, details);
  }
}

const NO_BODY = { type: null, content: null };

function writeBody(body: RequestBody): { type: string; content: string | Uint8Array } {
  if ('json' in body) return { type: 'application/json', content: JSON.stringify(body.json) };
  if ('form' in body) {
    return { type: 'application/x-www-form-urlencoded', content: body.form.toString() };
  }
  return { type: body.multipart.contentType, content: body.multipart.bytes };
}

/** The parameter that a refusal means, by the name under which it was sent: nothing else can stand there. */
function sentParameter(named: string, body: RequestBody): string | undefined {
  const [name] = named.split(/[.[]/, 1);
  return namesIn(body).find((sent) => sent.replace(/\[\]$/, '') === name);
}

function namesIn(body: RequestBody): readonly string[] {
  if ('json' in body) return Object.keys(body.json ?? {});
  return 'form' in body ? [...body.form.keys()] : body.multipart.fields;
}

/** The text of a body, or null where it is longer than `maxBytes`; nothing more is read then. */
async function readBounded(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whoever asks says what was expected instead.
    return undefined;
  }
}

/** A code, never a message: those of some libraries quote what was read. */
function reasonOf(error: unknown): string {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  if (typeof code === 'string') return code;
  return cause === undefined ? 'an error' : reasonOf(cause);
}
