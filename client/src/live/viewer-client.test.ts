import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PlacedEntry } from '../../../shared/captions.ts';
import type { RoomJoined, WatchClientEvents, WatchServerEvents } from '../../../shared/protocol.ts';
import { BACKOFF_MAX_MS } from './backoff.ts';
import { finalEntry, partialCaption, speakerEntry } from './testing/captions.ts';
import { ScriptedNetwork } from './testing/scripted-wire.ts';
import { MAX_JOINING_ENTRIES, ViewerClient } from './viewer-client.ts';
import { localError } from './wire-error.ts';

let open: ViewerClient[] = [];
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  for (const client of open) client.close();
  open = [];
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const joined = (history: readonly PlacedEntry[] = [], rest: Partial<RoomJoined> = {}) => ({
  room: 'room',
  languages: [],
  speakers: [],
  history,
  truncated: false,
  keptForS: 60,
  ...rest,
});

function viewer(language = 'es') {
  const network = new ScriptedNetwork<WatchServerEvents, WatchClientEvents>();
  const client = new ViewerClient(
    { url: 'http://server.test', room: 'room', language },
    network.open,
  );
  open.push(client);
  const cursors: string[] = [];
  const states: string[] = [];
  client.on('entry', (entry) => cursors.push(entry.cursor));
  client.on('state', (state) => states.push(state.kind));
  const welcome = async (history: readonly PlacedEntry[] = [], rest: Partial<RoomJoined> = {}) => {
    if (network.last.all('room:join').length === 0) network.last.accept();
    network.last.asked('room:join').reply.resolve(joined(history, rest));
    await vi.advanceTimersByTimeAsync(0);
  };
  const watch = async (history: readonly PlacedEntry[] = []) => {
    const started = client.start();
    await welcome(history);
    await started;
  };
  const redial = () => vi.advanceTimersByTimeAsync(BACKOFF_MAX_MS);
  const texts = () =>
    client.transcript.lines.map((line) => (line.translation ?? line.original)?.text);
  return { network, client, cursors, states, welcome, watch, redial, texts };
}

test('joining asks for the whole history in a language', async () => {
  const { network, watch, states, cursors } = viewer();
  await watch([finalEntry('1-0'), finalEntry('2-0', { segment: 1 })]);
  expect(network.last.asked('room:join').body).toEqual({ room: 'room', language: 'es' });
  expect(states).toEqual(['connecting', 'watching']);
  expect(cursors).toEqual(['1-0', '2-0']);
});

test('[R16] [INV3] what comes before the history is held back, and shown once', async () => {
  const { network, client, welcome, cursors } = viewer();
  const started = client.start();
  network.last.accept();
  network.last.say('record:entry', finalEntry('2-0', { segment: 1 }));
  network.last.say('record:entry', finalEntry('3-0', { segment: 2 }));
  expect(cursors).toEqual([]);
  await welcome([finalEntry('1-0'), finalEntry('2-0', { segment: 1 })]);
  await started;
  network.last.say('record:entry', finalEntry('4-0', { segment: 3 }));
  expect(cursors).toEqual(['1-0', '2-0', '3-0', '4-0']);
});

test('[R16] [INV3] a reconnect goes on after the last cursor, without seam or repetition', async () => {
  const { network, watch, welcome, redial, cursors, states } = viewer();
  await watch([finalEntry('1-0')]);
  network.last.say('record:entry', finalEntry('2-0', { segment: 1 }));
  network.last.down();
  await redial();
  network.last.accept();
  expect(network.last.asked('room:join').body).toMatchObject({ after: '2-0', language: 'es' });
  network.last.say('record:entry', finalEntry('4-0', { segment: 3 }));
  await welcome([finalEntry('3-0', { segment: 2 }), finalEntry('4-0', { segment: 3 })]);
  expect(cursors).toEqual(['1-0', '2-0', '3-0', '4-0']);
  expect(states).toEqual(['connecting', 'watching', 'reconnecting', 'watching']);
});

test('[INV3] whatever the cuts between history and live, and between links, each entry is told once and in order', async () => {
  const story = fc.array(fc.record({ lived: fc.nat(4), held: fc.nat(3), repeated: fc.nat(3) }), {
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(story, async (links) => {
      const { network, client, welcome, redial, cursors } = viewer();
      const record: PlacedEntry[] = [];
      const grow = (count: number) => {
        for (let more = 0; more < count; more += 1) {
          record.push(finalEntry(`${record.length + 1}-0`, { segment: record.length }));
        }
      };
      grow(2);
      const started = client.start();
      for (const { lived, held, repeated } of links) {
        network.last.accept();
        const body = network.last.asked('room:join').body as { after?: string };
        const from = record.findIndex((entry) => entry.cursor === body.after) + 1;
        const history = record.slice(from);
        grow(held);
        for (const entry of record.slice(from + history.length)) {
          network.last.say('record:entry', entry);
        }
        // Some of what is held may be in the history as well.
        await welcome(record.slice(from, from + history.length + Math.min(repeated, held)));
        const before = record.length;
        grow(lived);
        for (const entry of record.slice(before)) network.last.say('record:entry', entry);
        network.last.down();
        grow(1);
        await redial();
      }
      network.last.accept();
      const body = network.last.asked('room:join').body as { after?: string };
      await welcome(record.slice(record.findIndex(({ cursor }) => cursor === body.after) + 1));
      await started;
      expect(cursors).toEqual(record.map(({ cursor }) => cursor));
      client.close();
    }),
    { numRuns: 100 },
  );
});

test('a change of language brings the history again, in the other language', async () => {
  const { network, client, watch, cursors, texts } = viewer();
  await watch([finalEntry('1-0'), finalEntry('2-0', { language: 'es', text: 'hola' })]);
  expect(texts()).toEqual(['hola']);
  const changed = client.setLanguage('ca');
  await vi.advanceTimersByTimeAsync(0);
  expect(network.last.asked('room:language').body).toEqual({ language: 'ca' });
  network.last.say('record:entry', finalEntry('4-0', { segment: 1, text: 'world' }));
  network.last
    .asked('room:language')
    .reply.resolve(
      joined([
        finalEntry('1-0'),
        finalEntry('3-0', { language: 'ca', text: 'hola (ca)' }),
        finalEntry('4-0', { segment: 1, text: 'world' }),
      ]),
    );
  await expect(changed).resolves.toMatchObject({ room: 'room' });
  expect(client.language).toBe('ca');
  expect(texts()).toEqual(['hola (ca)', 'world']);
  expect(cursors).toEqual(['1-0', '2-0', '3-0', '4-0']);
});

test('translations that are older than the last entry seen are told after a change of language', async () => {
  const { network, client, watch, cursors, texts } = viewer();
  await watch([finalEntry('1-0'), finalEntry('5-0', { segment: 1, text: 'world' })]);
  const changed = client.setLanguage('ca');
  await vi.advanceTimersByTimeAsync(0);
  network.last
    .asked('room:language')
    .reply.resolve(
      joined([
        finalEntry('1-0'),
        finalEntry('2-0', { language: 'ca', text: 'hola (ca)' }),
        finalEntry('5-0', { segment: 1, text: 'world' }),
      ]),
    );
  await changed;
  expect(cursors).toEqual(['1-0', '5-0', '2-0']);
  expect(texts()).toEqual(['hola (ca)', 'world']);
});

test('a language that is refused leaves the former one, and what was held comes out', async () => {
  const { network, client, watch, cursors } = viewer();
  await watch();
  const changed = client.setLanguage('xx');
  const refused = expect(changed).rejects.toMatchObject({ code: 'language_unsupported' });
  await vi.advanceTimersByTimeAsync(0);
  network.last.say('record:entry', finalEntry('1-0'));
  network.last.asked('room:language').reply.reject(localError('language_unsupported', ''));
  await refused;
  expect(client.language).toBe('es');
  expect(client.transcript.language).toBe('es');
  expect(cursors).toEqual(['1-0']);
});

test('a change of language waits for the link, and the last of several wins', async () => {
  const { network, client, watch, welcome, redial } = viewer();
  await watch();
  network.last.down();
  const changes = [client.setLanguage('ca'), client.setLanguage('gl')];
  await redial();
  await welcome();
  for (const language of ['ca', 'gl']) {
    await vi.advanceTimersByTimeAsync(0);
    const { body, reply } = network.last.asked('room:language');
    expect(body).toEqual({ language });
    reply.resolve(joined());
  }
  await Promise.all(changes);
  expect(client.language).toBe('gl');
});

test('a change of language whose link is lost is asked again', async () => {
  const { network, client, watch, welcome, redial } = viewer();
  await watch();
  const changed = client.setLanguage('ca');
  await vi.advanceTimersByTimeAsync(0);
  network.last.down();
  await redial();
  await welcome();
  await vi.advanceTimersByTimeAsync(0);
  network.last.asked('room:language').reply.resolve(joined());
  await changed;
  expect(client.language).toBe('ca');
});

test('[R9] [INV2] partials of a former owner are dropped', async () => {
  const { network, client, watch } = viewer('en');
  await watch();
  const told: string[] = [];
  client.on('partial', ({ text }) => told.push(text));
  network.last.say('caption:partial', partialCaption({ epoch: 2, text: 'new' }));
  network.last.say('caption:partial', partialCaption({ epoch: 1, revision: 9, text: 'old' }));
  expect(told).toEqual(['new']);
  expect(client.transcript.lines.map((line) => line.partial?.text)).toEqual(['new']);
});

test('speakers and languages are known from the join on', async () => {
  const { network, client, welcome } = viewer();
  const offers: number[] = [];
  client.on('languages', (languages) => offers.push(languages.length));
  const started = client.start();
  await welcome([finalEntry('1-0')], {
    speakers: [{ session: 'session-a', name: 'Ada', language: 'en', live: true }],
  });
  await started;
  network.last.say('room:languages', [
    { language: 'es', engine: 'apertium', quality: 'basic', via: [] },
  ]);
  expect(offers).toEqual([0, 1]);
  expect(client.transcript.lines[0]?.speakerName).toBe('Ada');
  network.last.say('record:entry', speakerEntry('2-0', { name: 'Ada L.' }));
  expect(client.transcript.lines[0]?.speakerName).toBe('Ada L.');
});

test.each(['room_not_found', 'room_full', 'unauthorized'] as const)(
  'a join that is refused with %s rejects, and the client is over',
  async (code) => {
    const { network, client } = viewer();
    const started = client.start();
    network.last.accept();
    network.last.asked('room:join').reply.reject(localError(code, ''));
    await expect(started).rejects.toMatchObject({ code });
    expect(client.state).toMatchObject({ kind: 'ended', error: { code } });
    await expect(client.setLanguage('ca')).rejects.toMatchObject({ code });
  },
);

test('a viewer that the server lets go comes back, unless it was for good', async () => {
  const { network, client, watch, welcome, redial } = viewer();
  await watch();
  network.last.say('viewer:closed', localError('slow_viewer', ''));
  expect(client.state.kind).toBe('reconnecting');
  await redial();
  await welcome();
  network.last.say('viewer:closed', localError('room_ended', ''));
  expect(client.state).toMatchObject({ kind: 'ended', error: { code: 'room_ended' } });
  expect(network.wires).toHaveLength(2);
});

test('a room that its owner ended is over; what was erased is gone', async () => {
  const { network, client, watch } = viewer();
  await watch([finalEntry('1-0')]);
  network.last.say('record:entry', { cursor: '2-0', type: 'ended', erased: true });
  expect(client.state).toEqual({ kind: 'ended', error: null });
  expect(client.transcript.lines).toEqual([]);
  expect(client.transcript.ended).toEqual({ erased: true });
});

test('a room that was over before one came shows what was said', async () => {
  const { client, watch, texts } = viewer();
  await watch([finalEntry('1-0'), { cursor: '2-0', type: 'ended', erased: false }]);
  expect(texts()).toEqual(['hello']);
  expect(client.state).toEqual({ kind: 'ended', error: null });
});

test('[INV4] a history that does not come lets only so much wait', async () => {
  const { network, client, watch } = viewer();
  await watch();
  const changed = client.setLanguage('ca');
  changed.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  for (let at = 0; at <= MAX_JOINING_ENTRIES; at += 1) {
    network.last.say('record:entry', finalEntry(`1-${at}`, { segment: at }));
  }
  expect(client.state).toMatchObject({ kind: 'reconnecting', error: { code: 'slow_viewer' } });
});

test.each(['idle', 'connecting', 'watching', 'reconnecting'])(
  'closing while %s leaves no timer and no connection',
  async (kind) => {
    const { network, client, watch } = viewer();
    const fates: Promise<unknown>[] = [];
    if (kind === 'connecting') fates.push(client.start());
    if (kind === 'watching' || kind === 'reconnecting') {
      await watch();
      fates.push(client.setLanguage('ca'));
    }
    if (kind === 'reconnecting') network.last.down();
    expect(client.state.kind).toBe(kind);
    await vi.advanceTimersByTimeAsync(0);
    const settled = Promise.allSettled(fates);
    client.close();
    client.close();
    expect(vi.getTimerCount()).toBe(0);
    for (const fate of await settled) expect(fate.status).toBe('rejected');
    expect(client.state).toEqual({ kind: 'ended', error: null });
    for (const wire of network.wires) expect(wire.closed).toBe(true);
  },
);
