import { EventEmitter } from 'node:events';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WireError } from '../../../shared/errors.ts';
import type { LanguageOffer, Reply, RoomJoined } from '../../../shared/protocol.ts';
import { GlossaryShelf } from '../rooms/glossary-shelf.ts';
import { RoomHub } from '../rooms/room-hub.ts';
import { TranslationDesk } from '../rooms/translation-desk.ts';
import { createMemoryTranscriptStore } from '../store/memory/memory-transcript-store.ts';
import { storeUnavailable } from '../store/store-checks.ts';
import type { TranscriptStore } from '../store/transcript-store.ts';
import { FakeTranslator } from '../translation/fake/fake-translator.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { CHANGE_INTERVAL_MS } from './paced-changes.ts';
import type { WatchSocket } from './socket-server.ts';
import { ViewerConnection } from './watch-gateway.ts';

/** One viewer with a real hub; its socket is a stand-in, so that the store can fail at any moment. */

const ROOM = 'r';

let store: TranscriptStore;
let desk: TranslationDesk;
let hub: RoomHub;
let sockets: StandInSocket[];
beforeEach(async () => {
  vi.useFakeTimers();
  store = createMemoryTranscriptStore();
  const ownerSecret = 's'.repeat(20);
  await store.openRoom({ room: ROOM, offers: ['es', 'ca'], ownerSecret });
  desk = new TranslationDesk(store, new FakeTranslator(), {
    translated: () => undefined,
    failed: () => undefined,
  });
  hub = new RoomHub(store, desk, new GlossaryShelf(store, []), 10);
  sockets = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.disconnect();
  expect(hub.viewers(ROOM)).toBe(0);
  await hub.close();
  await desk.close();
  await store.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** As much of a socket as a viewer's connection needs. */
class StandInSocket {
  readonly id = 'socket';
  readonly data = { token: undefined };
  readonly conn = new EventEmitter();
  readonly audiences = new Set<string>();
  readonly told: [event: string, payload: unknown][] = [];
  readonly #handlers = new EventEmitter();

  on(event: string, handler: (...values: unknown[]) => void): void {
    this.#handlers.on(event, handler);
  }

  emit(event: string, payload: unknown): void {
    this.told.push([event, payload]);
  }

  join(rooms: string | string[]): void {
    for (const room of [rooms].flat()) this.audiences.add(room);
  }

  leave(room: string): void {
    this.audiences.delete(room);
  }

  disconnect(): void {
    this.#handlers.emit('disconnect');
  }

  ask(event: string, message: object): Promise<Reply<RoomJoined>> {
    return new Promise((resolve) => this.#handlers.emit(event, message, resolve));
  }
}

function viewer() {
  const offers = (): LanguageOffer[] =>
    ['en', 'es', 'ca'].map((language) => ({
      language,
      engine: 'fake',
      quality: 'basic',
      via: [],
    }));
  const parts = {
    ...{ store, hub, offers },
    access: {
      identify: async () => ({ kind: 'anyone' }),
      check: () => undefined,
      guard: () => () => undefined,
      returnToken: async () => undefined,
    },
    metrics: { errors: { inc: () => undefined }, answered: () => undefined },
    recognizable: ['en'],
    admit: () => undefined,
    keptForS: 60,
    log: pino({ level: 'silent' }),
  } as unknown as GatewayParts;
  const socket = new StandInSocket();
  sockets.push(socket);
  const connection = new ViewerConnection(socket as unknown as WatchSocket, parts);
  return { socket, connection };
}

async function watching(language: string) {
  const made = viewer();
  expect((await made.socket.ask('room:join', { room: ROOM, language })).ok).toBe(true);
  return made;
}

const codeOf = (reply: Reply<object> | { error: WireError }) =>
  'error' in reply ? reply.error.code : 'granted';
const reads = (language: string) => ['r/source', `r/language/${language}`];

test('a change of language changes what is read, and nothing before it is granted', async () => {
  const { socket } = await watching('es');
  expect([...socket.audiences]).toEqual(reads('es'));
  const unknown = await socket.ask('room:language', { language: 'xx' });
  expect(codeOf(unknown)).toBe('language_unsupported');
  expect([...socket.audiences]).toEqual(reads('es'));
  expect(hub.wanted(ROOM)).toEqual(['es']);
  const change = socket.ask('room:language', { language: 'ca' });
  await vi.advanceTimersByTimeAsync(CHANGE_INTERVAL_MS);
  expect(codeOf(await change)).toBe('granted');
  expect([...socket.audiences]).toEqual(reads('ca'));
  expect(hub.wanted(ROOM)).toContain('ca');
  expect(hub.viewers(ROOM)).toBe(1);
});

test('where the store refuses a language, the viewer goes on reading its own', async () => {
  const { socket, connection } = await watching('es');
  vi.spyOn(store, 'want').mockRejectedValueOnce(storeUnavailable('away'));
  const refused = await socket.ask('room:language', { language: 'ca' });
  expect(codeOf(refused)).toBe('store_unavailable');
  expect([...socket.audiences]).toEqual(reads('es'));
  expect(hub.wanted(ROOM)).toEqual(['es']);
  expect(connection.room).toBe(ROOM);
  expect(socket.told).toEqual([]);
});

test('where its history can not be read, it is told to come back, and has no seat any more', async () => {
  const { socket } = await watching('es');
  vi.spyOn(store, 'history').mockRejectedValueOnce(storeUnavailable('away'));
  const refused = await socket.ask('room:language', { language: 'ca' });
  expect(codeOf(refused)).toBe('store_unavailable');
  expect(socket.told).toEqual([
    ['viewer:closed', expect.objectContaining({ code: 'store_unavailable', retryable: true })],
  ]);
  expect(hub.viewers(ROOM)).toBe(0);
});

test('[INV4] a language is not changed while a join is under way, whatever comes of the join', async () => {
  const { socket, connection } = viewer();
  let answer: (state: null) => void = () => {};
  vi.spyOn(store, 'readRoom').mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  const joining = socket.ask('room:join', { room: ROOM, language: 'xx' });
  await vi.advanceTimersByTimeAsync(0);
  const changing = socket.ask('room:language', { language: 'es' });
  expect(codeOf(await changing)).toBe('invalid_message');
  answer(null);
  expect(codeOf(await joining)).toBe('language_unsupported');
  expect(connection.room).toBeNull();
  expect(hub.viewers(ROOM)).toBe(0);
});

test.each(['readRoom', 'want', 'history'] as const)(
  '[INV4] one that is gone while it joins leaves no seat, also in the midst of %s',
  async (step) => {
    const { socket } = viewer();
    const call = store[step].bind(store) as (...values: unknown[]) => Promise<never>;
    let goOn: () => void = () => {};
    const held = new Promise<void>((resolve) => (goOn = resolve));
    vi.spyOn(store, step).mockImplementationOnce(async (...values: unknown[]) => {
      await held;
      return await call(...values);
    });
    const joining = socket.ask('room:join', { room: ROOM, language: 'es' });
    await vi.advanceTimersByTimeAsync(0);
    socket.disconnect();
    goOn();
    expect(codeOf(await joining)).toBe('shutting_down');
    expect(hub.viewers(ROOM)).toBe(0);
    expect([...socket.audiences]).toEqual([]);
  },
);

test('[INV4] of many changes at once the first is made, and later the last', async () => {
  const { socket } = await watching('en');
  const history = vi.spyOn(store, 'history');
  const languages = Array.from({ length: 2_000 }, (_, at) => (at % 2 === 0 ? 'en' : 'es'));
  const asked = languages.map((language) => socket.ask('room:language', { language }));
  await vi.advanceTimersByTimeAsync(CHANGE_INTERVAL_MS);
  const codes = (await Promise.all(asked)).map(codeOf);
  expect(codes.filter((code) => code === 'granted')).toHaveLength(2);
  expect(codes.at(-1)).toBe('granted');
  expect(new Set(codes.slice(1, -1))).toEqual(new Set(['rate_limited']));
  expect(history).toHaveBeenCalledTimes(2);
  expect([...socket.audiences]).toEqual(reads('es'));
});
