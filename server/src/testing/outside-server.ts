import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a service outside is asked. */
export interface OutsideRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** How it behaves: as it should, or not at all so. */
export type Behaviour =
  | {
      readonly kind: 'answer';
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string;
    }
  /** Takes the request and says nothing, for ever. */
  | { readonly kind: 'hang' }
  /** Begins to answer, and says no more, for ever. */
  | { readonly kind: 'stall'; readonly body: string }
  /** Cuts the connection without an answer. */
  | { readonly kind: 'reset' }
  /** Announces the whole body, sends so many bytes of it and hangs up. */
  | { readonly kind: 'truncate'; readonly body: string; readonly bytes: number }
  /** Sends more and more. */
  | { readonly kind: 'endless'; readonly chunk: string };

export type Answerer = (request: OutsideRequest, index: number) => Behaviour | Promise<Behaviour>;

/** A real HTTP server on loopback that answers as a test wants it to, well or badly. */
export class OutsideServer {
  readonly requests: OutsideRequest[] = [];
  /** May be changed at any time. */
  answer: Answerer;
  #server: Server | null = null;
  #port = 0;

  private constructor(answer: Answerer) {
    this.answer = answer;
  }

  static async start(answer: Answerer): Promise<OutsideServer> {
    const server = new OutsideServer(answer);
    await server.revive();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Nothing listens any more, and every connection is cut. */
  async die(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  /** Listens, at the same address as before. */
  async revive(): Promise<void> {
    if (this.#server !== null) return;
    const server = createServer((request, response) => void this.#serve(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Whoever hangs up in the middle is no business of a server's.
    response.on('error', () => undefined);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const { method = '', url = '', headers } = request;
    const asked = { method, path: url, headers, body: Buffer.concat(chunks) };
    this.requests.push(asked);
    behave(await this.answer(asked, this.requests.length - 1), response);
  }
}

function behave(behaviour: Behaviour, response: ServerResponse): void {
  switch (behaviour.kind) {
    case 'answer': {
      const { status = 200, headers = {}, body } = behaviour;
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
      return;
    }
    case 'hang':
      return;
    case 'stall':
      response.writeHead(200).write(behaviour.body);
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'truncate':
      response.writeHead(200, { 'content-length': Buffer.byteLength(behaviour.body) });
      response.write(Buffer.from(behaviour.body).subarray(0, behaviour.bytes), () =>
        response.socket?.end(),
      );
      return;
    case 'endless': {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write(behaviour.chunk));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    }
  }
}

/** A good answer. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Behaviour {
  return { kind: 'answer', status, headers, body: JSON.stringify(body) };
}

/** The body of a request, as whoever sent it meant it. */
export function bodyOf<T>(request: OutsideRequest): T {
  return JSON.parse(request.body.toString('utf8')) as T;
}
