import { createServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { Server, type Socket as ServerSocket } from 'socket.io';
import { afterEach, expect, test } from 'vitest';
import { decodeAudio } from '../../../shared/audio-codec.ts';
import { AppError, toWireError, type WireError } from '../../../shared/errors.ts';
import { SEND_WINDOW_FRAMES } from '../../../shared/limits.ts';
import {
  PROTOCOL_VERSION,
  SOCKET_PATH,
  SPEAK_NAMESPACE,
  type SpeakClientEvents,
  type SpeakServerEvents,
  WATCH_NAMESPACE,
  type WatchClientEvents,
  type WatchServerEvents,
} from '../../../shared/protocol.ts';
import { deferred } from './deferred.ts';
import { socketWire } from './socket-wire.ts';
import { SpeakerClient } from './speaker-client.ts';
import { finalEntry } from './testing/captions.ts';
import { numberedFrame } from './testing/model-server.ts';
import { ViewerClient } from './viewer-client.ts';
import type { Wire } from './wire.ts';

type SpeakServer = Server<SpeakClientEvents, SpeakServerEvents>;
type WatchServerSocket = ServerSocket<WatchClientEvents, WatchServerEvents>;
type SpeakServerSocket = ServerSocket<SpeakClientEvents, SpeakServerEvents>;

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A real Socket.IO server on a free port of this machine. */
async function listening(path = SOCKET_PATH) {
  const http = createServer();
  const io: SpeakServer = new Server(http, { path, transports: ['websocket'] });
  cleanUps.push(() => io.close());
  return { io, http, url: await urlOf(http) };
}

async function urlOf(server: HttpServer | ReturnType<typeof createTcpServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Opens a wire and tells what becomes of it. */
function dial(address: { url: string; token?: string }) {
  const opened = deferred<void>();
  const downed = deferred<WireError>();
  const wire: Wire<SpeakClientEvents> = socketWire<SpeakServerEvents, SpeakClientEvents>({
    ...address,
    namespace: SPEAK_NAMESPACE,
  })({
    open: () => opened.resolve(),
    down: (error) => downed.resolve(error),
    events: {},
  });
  cleanUps.push(() => wire.close());
  return { wire, opened: opened.promise, downed: downed.promise };
}

test('a viewer comes back with the token that it was given on joining', async () => {
  const { io, url } = await listening();
  const shown: unknown[] = [];
  const watch = io.of(WATCH_NAMESPACE);
  watch.on('connection', (socket) => {
    shown.push(socket.handshake.auth.token);
    (socket as unknown as WatchServerSocket).on('room:join', (_request, respond) => {
      const joined = { room: 'room', languages: [], speakers: [], history: [], truncated: false };
      respond({ ok: true, ...joined, keptForS: 60, returnToken: `given-${shown.length}` });
    });
  });
  const viewer = new ViewerClient({ url, room: 'room', language: 'en', token: 'linked' });
  cleanUps.push(() => viewer.close());
  await viewer.start();
  for (let times = 0; times < 2; times += 1) {
    const back = new Promise<void>((resolve) => {
      viewer.on('joined', () => resolve());
    });
    watch.disconnectSockets(true);
    await back;
  }
  expect(shown).toEqual(['linked', 'given-1', 'given-2']);
});

test('the handshake tells the protocol and the token, over WebSocket alone', async () => {
  const { io, url } = await listening();
  const auths: unknown[] = [];
  io.of(SPEAK_NAMESPACE).on('connection', (socket) => {
    auths.push(socket.handshake.auth, socket.conn.transport.name, socket.handshake.url);
  });
  await dial({ url }).opened;
  await dial({ url, token: 'key' }).opened;
  const [without, transport, , with_, , address] = auths;
  expect(without).toEqual({ protocol: PROTOCOL_VERSION });
  expect(with_).toEqual({ protocol: PROTOCOL_VERSION, token: 'key' });
  expect(transport).toBe('websocket');
  expect(String(address)).not.toContain('key');
});

test('a server below a path of its host is found', async () => {
  const { io, url } = await listening(`/below/this${SOCKET_PATH}`);
  io.of(SPEAK_NAMESPACE);
  await dial({ url: `${url}/below/this/` }).opened;
});

test('a refused handshake brings the error of the server', async () => {
  const { io, url } = await listening();
  const refusal = toWireError(new AppError('unauthorized', 'Expected a key, got none.'));
  io.of(SPEAK_NAMESPACE).use((_socket, next) => {
    next(Object.assign(new Error('refused'), { data: refusal }));
  });
  await expect(dial({ url }).downed).resolves.toEqual(refusal);
});

test('where nobody listens the reason is told, and it is worth another try', async () => {
  const silent = createTcpServer();
  const url = await urlOf(silent);
  await new Promise((resolve) => silent.close(resolve));
  await expect(dial({ url }).downed).resolves.toMatchObject({
    code: 'server_unreachable',
    retryable: true,
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

test('an answer resolves, an error of the server rejects, anything else is none', async () => {
  const { io, url } = await listening();
  io.of(SPEAK_NAMESPACE).on('connection', (socket) => {
    socket.on('session:stop', ({ endSeq }, respond) => {
      if (endSeq === 1) respond({ ok: true, segments: 3, endSeq });
      else if (endSeq === 2) {
        respond({
          ok: false,
          error: toWireError(new AppError('audio_gap', '', { expectedSeq: 1 })),
        });
      } else (respond as (reply: unknown) => void)('nonsense');
    });
  });
  const { wire, opened } = dial({ url });
  await opened;
  await expect(wire.request('session:stop', { endSeq: 1 }, 5000)).resolves.toMatchObject({
    segments: 3,
  });
  await expect(wire.request('session:stop', { endSeq: 2 }, 5000)).rejects.toMatchObject({
    code: 'audio_gap',
    expectedSeq: 1,
  });
  await expect(wire.request('session:stop', { endSeq: 3 }, 5000)).rejects.toMatchObject({
    code: 'internal',
  });
});

test('no answer in time, and a lost link, reject what was asked', async () => {
  const { io, url } = await listening();
  io.of(SPEAK_NAMESPACE).on('connection', (socket) => {
    socket.on('session:stop', ({ endSeq }) => {
      if (endSeq === 2) socket.disconnect(true);
    });
  });
  const { wire, opened, downed } = dial({ url });
  await opened;
  await expect(wire.request('session:stop', { endSeq: 1 }, 20)).rejects.toMatchObject({
    code: 'server_unreachable',
  });
  await expect(wire.request('session:stop', { endSeq: 2 })).rejects.toMatchObject({
    code: 'server_unreachable',
  });
  await expect(downed).resolves.toMatchObject({ code: 'server_unreachable' });
  await expect(wire.request('session:stop', { endSeq: 3 })).rejects.toMatchObject({
    code: 'server_unreachable',
  });
});

test('closing ends what was asked, tells the server, and calls nobody', async () => {
  const { io, url } = await listening();
  const gone = deferred<void>();
  io.of(SPEAK_NAMESPACE).on('connection', (socket) => {
    socket.on('disconnect', () => gone.resolve());
  });
  const { wire, opened, downed } = dial({ url });
  await opened;
  const asked = wire.request('session:stop', { endSeq: 1 });
  wire.close();
  wire.close();
  await expect(asked).rejects.toMatchObject({ code: 'server_unreachable' });
  await gone.promise;
  await expect(Promise.race([downed, Promise.resolve('quiet')])).resolves.toBe('quiet');
});

test('a wire that is closed before it is open reaches nobody', async () => {
  const { io, url } = await listening();
  let connections = 0;
  io.of(SPEAK_NAMESPACE).on('connection', () => {
    connections += 1;
  });
  dial({ url }).wire.close();
  await dial({ url }).opened;
  expect(connections).toBe(1);
});

test('a URL that is none is refused by name', () => {
  for (const url of ['localhost:8080', 'ws://host', '']) {
    expect(() => socketWire({ url, namespace: SPEAK_NAMESPACE })).toThrow(
      expect.objectContaining({ code: 'invalid_setting' }),
    );
  }
});

/** Passes bytes on, until it is told to cut every connection without a word. */
async function breakableProxy(target: string) {
  const sockets = new Set<Socket>();
  const proxy = createTcpServer((inward) => {
    const outward = connect(Number(new URL(target).port), '127.0.0.1');
    for (const socket of [inward, outward]) {
      sockets.add(socket);
      // A cut connection reports its own end on either side: that is the point of it.
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    inward.pipe(outward).pipe(inward);
  });
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  cleanUps.push(() => {
    cut();
    proxy.close();
  });
  return { url: await urlOf(proxy), cut };
}

test('[INV1] [INV2] over a real link that breaks, every frame reaches the server once and in order', async () => {
  const { io, url } = await listening();
  const proxy = await breakableProxy(url);
  const taken: number[] = [];
  const resumes: unknown[] = [];
  const nthAudio = deferred<void>();
  let epoch = 0;
  const serve = (socket: SpeakServerSocket) => {
    socket.on('session:audio', (message) => {
      const { firstSeq, frames, epoch: sent } = decodeAudio(new Uint8Array(message));
      expect(sent).toBe(epoch);
      for (const [at, frame] of frames.entries()) {
        const seq = firstSeq + at;
        expect(new DataView(frame.buffer, frame.byteOffset).getUint32(0)).toBe(seq);
        if (seq === taken.length) taken.push(seq);
      }
      socket.emit('session:received', { seq: taken.length, epoch });
      if (taken.length >= 100) nthAudio.resolve();
    });
    socket.on('session:stop', ({ endSeq }, respond) => respond({ ok: true, segments: 1, endSeq }));
  };
  io.of(SPEAK_NAMESPACE).on('connection', (socket) => {
    serve(socket);
    epoch += 1;
    const common = { epoch, frameWindow: SEND_WINDOW_FRAMES };
    socket.on('session:start', (_request, respond) =>
      respond({
        ok: true,
        ...common,
        session: 'session-a',
        secret: 'the-secret-of-it',
        recognizer: 'scripted',
        languages: [],
        glossary: [],
        keptForS: 1,
      }),
    );
    socket.on('session:resume', (request, respond) => {
      resumes.push(request);
      respond({ ok: true, ...common, fromSeq: 60, ackedSeq: 65, nextSegment: 0 });
    });
  });
  const client = new SpeakerClient({
    url: proxy.url,
    room: 'room',
    language: 'en',
    offers: [],
    reads: [],
  });
  cleanUps.push(() => client.close());
  await client.start();
  for (let seq = 0; seq < 100; seq += 1) client.push(numberedFrame(seq));
  await nthAudio.promise;
  const again = new Promise<void>((resolve) => {
    client.on('state', (state) => state.kind === 'live' && resolve());
  });
  proxy.cut();
  for (let seq = 100; seq < 140; seq += 1) client.push(numberedFrame(seq));
  await again;
  await expect(client.stop()).resolves.toEqual({ segments: 1, endSeq: 140 });
  expect(taken).toEqual(Array.from({ length: 140 }, (_, seq) => seq));
  expect(resumes).toHaveLength(1);
});

test('[INV3] a viewer of a real server reads history, then live', async () => {
  const http = createServer();
  const io = new Server<WatchClientEvents, WatchServerEvents>(http, {
    path: SOCKET_PATH,
    transports: ['websocket'],
  });
  cleanUps.push(() => io.close());
  io.of(WATCH_NAMESPACE).on('connection', (socket) => {
    socket.on('room:join', ({ room }, respond) => {
      const common = { room, languages: [], speakers: [], truncated: false, keptForS: 1 };
      respond({ ok: true, ...common, history: [finalEntry('1-0')] });
      socket.emit('record:entry', finalEntry('2-0', { segment: 1 }));
    });
  });
  const client = new ViewerClient({ url: await urlOf(http), room: 'room', language: 'en' });
  cleanUps.push(() => client.close());
  const cursors: string[] = [];
  const live = new Promise<void>((resolve) => {
    client.on('entry', ({ cursor }) => {
      cursors.push(cursor);
      if (cursor === '2-0') resolve();
    });
  });
  await client.start();
  await live;
  expect(cursors).toEqual(['1-0', '2-0']);
});
