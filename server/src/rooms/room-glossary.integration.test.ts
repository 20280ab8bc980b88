import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { encodeAudio } from '../../../shared/audio-codec.ts';
import type { FinalCaption } from '../../../shared/captions.ts';
import type { Glossary, GlossaryEntry } from '../../../shared/glossary.ts';
import { MAX_GLOSSARY_CHARS, MAX_TERM_LENGTH } from '../../../shared/limits.ts';
import { burstPackets } from '../audio/testing/opus-packets.ts';
import type { Settings } from '../config/settings.ts';
import { type PrivateRedis, startPrivateRedis } from '../store/private-redis.ts';
import { closeConnection, connectionReady, openConnection } from '../store/redis/connections.ts';
import {
  granted,
  refused,
  type ScriptedApplication,
  startRequest,
  startScriptedApplication,
} from '../testing/scripted-application.ts';
import type { TranslationRequest, Translator } from '../translation/translator.ts';

/** A second of tone and a second of silence: one segment, whose words are word0, word1 and so on. */
const SENTENCE = burstPackets(100, (frame) => frame < 50);
/** Half a second of a sentence. */
const TONE = burstPackets(25, () => true);
const OTHER_SECRET = 'x'.repeat(32);

const entry = (term: string, given: Partial<GlossaryEntry> = {}): GlossaryEntry => ({
  language: 'en',
  term,
  heardAs: [],
  translations: { es: `${term}-es` },
  keep: false,
  ...given,
});
const rule = (term: string) => ({ term, translation: `${term}-es` });

let folder = '';
let redis: PrivateRedis;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-glossary-'));
  redis = await startPrivateRedis({ dataFolder: join(folder, 'redis') });
});
afterAll(async () => {
  await redis.close();
  await rm(folder, { recursive: true });
});

const nodes: ScriptedApplication[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.close()));
});

/** A node on the common Redis, and what its translator was asked. */
async function startNode(settings: Partial<Settings> = { REDIS_URL: `unix:${redisPath()}` }) {
  const asked: TranslationRequest[] = [];
  const translator: Translator = {
    name: 'noting',
    quality: 'basic',
    route: () => ({ via: [] }),
    targets: () => ['es'],
    translate: (request) => {
      asked.push(request);
      return Promise.resolve({ text: `es: ${request.text}`, engine: 'noting', quality: 'basic' });
    },
    close: () => Promise.resolve(),
  };
  const node = await startScriptedApplication(
    { MAX_LIVE_SESSIONS: 4, ...settings },
    { translator },
  );
  nodes.push(node);
  return { ...node, asked };
}

function redisPath(): string {
  const { path } = redis.options;
  if (path === undefined) throw new Error('Expected a Redis at a socket, got one at a port.');
  return path;
}

type Node = Awaited<ReturnType<typeof startNode>>;

let rooms = 0;
const newRoom = (): string => {
  rooms += 1;
  return `glossary-${rooms}`;
};

/** A speaker in a room who reads Spanish, sentence by sentence. */
async function speakerIn(node: Node, room: string, fields: object = {}) {
  const socket = node.speaker();
  const finals: FinalCaption[] = [];
  socket.on('record:entry', (placed) => {
    if (placed.type === 'final' && placed.caption.session === started.session) {
      finals.push(placed.caption);
    }
  });
  const request = startRequest(room, { reads: ['es'], ...fields });
  const started = granted(await socket.emitWithAck('session:start', request));
  let seq = 0;
  const send = (frames: readonly Uint8Array[]): void => {
    socket.emit('session:audio', encodeAudio({ firstSeq: seq, epoch: started.epoch, frames }));
    seq += frames.length;
  };
  const inSpanish = () => finals.filter(({ language }) => language === 'es');
  return {
    socket,
    started,
    room,
    /** Rejects where the server has another glossary. */
    set: (glossary: Glossary, ownerSecret = started.ownerSecret ?? '') =>
      socket.emitWithAck('room:glossary', { room, ownerSecret, glossary: [...glossary] }),
    /** Begins or continues a sentence until some of it is translated; resolves with the request. */
    begin: async (): Promise<TranslationRequest> => {
      const { asked } = node;
      const from = asked.length;
      const partial = () => asked.slice(from).find(({ kind }) => kind === 'partial');
      await expect
        .poll(
          () => {
            send(TONE);
            return partial();
          },
          { timeout: 20_000, interval: 150 },
        )
        .toBeDefined();
      const found = partial();
      if (found === undefined) throw new Error('Expected a partial to be translated, got none.');
      return found;
    },
    /** Says one sentence; resolves with the request for its final translation. */
    say: async (): Promise<TranslationRequest> => {
      const said = inSpanish().length;
      const { asked } = node;
      const from = asked.length;
      for (let at = 0; at < SENTENCE.length; at += 50) send(SENTENCE.slice(at, at + 50));
      await expect.poll(() => inSpanish().length, { timeout: 20_000 }).toBe(said + 1);
      const final = asked.slice(from).find(({ kind }) => kind === 'final');
      if (final === undefined) throw new Error('Expected a final to be translated, got none.');
      return final;
    },
    /** The newest final as spoken. */
    spoken: () => finals.findLast(({ language }) => language === 'en')?.text ?? '',
  };
}

describe("a room's glossary", () => {
  test('is given to the translator, from the start and when it changes', async () => {
    const node = await startNode();
    const speaker = await speakerIn(node, newRoom(), { glossary: [entry('word0')] });
    expect(speaker.started.glossary).toEqual([entry('word0')]);
    expect((await speaker.say()).terms).toEqual([rule('word0')]);
    const changed = [entry('word1'), entry('other', { keep: true, translations: {} })];
    expect(granted(await speaker.set(changed)).entries).toBe(2);
    expect((await speaker.say()).terms).toEqual([
      rule('word1'),
      { term: 'other', translation: 'other' },
    ]);
    granted(await speaker.set([]));
    expect(await speaker.say()).not.toHaveProperty('terms');
  });

  test('is given to the translator of partials, and when it changes within a sentence', async () => {
    const speaker = await speakerIn(await startNode(), newRoom(), { glossary: [entry('word0')] });
    expect((await speaker.begin()).terms).toEqual([rule('word0')]);
    granted(await speaker.set([entry('word1')]));
    expect((await speaker.begin()).terms).toEqual([rule('word1')]);
    granted(await speaker.set([]));
    expect(await speaker.begin()).not.toHaveProperty('terms');
  });

  test('corrects what is recognised, from the next sentence on', async () => {
    const speaker = await speakerIn(await startNode(), newRoom());
    await speaker.say();
    expect(speaker.spoken()).toMatch(/^word0 word1/);
    granted(await speaker.set([entry('Parlance', { heardAs: ['word0 word1'] })]));
    const { text, terms } = await speaker.say();
    expect(speaker.spoken()).toMatch(/^Parlance(?! word[01])/);
    expect({ text, terms }).toEqual({ text: speaker.spoken(), terms: [rule('Parlance')] });
  });

  test('is told to who comes later, and theirs only to change for its owner', async () => {
    const node = await startNode();
    const owner = await speakerIn(node, newRoom(), { glossary: [entry('word0')] });
    const guest = await speakerIn(node, owner.room);
    expect(guest.started.glossary).toEqual([entry('word0')]);
    expect((await guest.say()).terms).toEqual([rule('word0')]);
    expect(refused(await guest.set([entry('word1')], OTHER_SECRET)).code).toBe('not_room_owner');
    const third = node.speaker();
    const intruding = startRequest(owner.room, { glossary: [entry('word1')] });
    for (const fields of [{}, { ownerSecret: OTHER_SECRET }]) {
      const reply = await third.emitWithAck('session:start', { ...intruding, ...fields });
      expect(refused(reply).code).toBe('not_room_owner');
    }
    // Refused before there was a session: only the two speakers are in the room.
    const joined = granted(
      await node.viewer().emitWithAck('room:join', { room: owner.room, language: 'en' }),
    );
    expect(joined.speakers.map(({ session }) => session).sort()).toEqual(
      [owner.started.session, guest.started.session].sort(),
    );
    expect((await guest.say()).terms).toEqual([rule('word0')]);
    const { ownerSecret = '' } = owner.started;
    owner.socket.disconnect();
    const back = node.speaker();
    const again = { ...intruding, ownerSecret };
    expect(granted(await back.emitWithAck('session:start', again)).glossary).toEqual([
      entry('word1'),
    ]);
  });

  test('[INV4] is refused by name where it is too large, and taken at its limit', async () => {
    const speaker = await speakerIn(await startNode(), newRoom());
    const wide = '語'.repeat(MAX_TERM_LENGTH);
    const largest: GlossaryEntry[] = [];
    const size = () => JSON.stringify(largest).length;
    while (size() < MAX_GLOSSARY_CHARS) {
      largest.push(entry(`term ${largest.length}`, { heardAs: [wide, wide, wide, wide] }));
    }
    const error = refused(await speaker.set(largest));
    expect(error.code).toBe('invalid_message');
    expect(error.message).toContain(`at most ${MAX_GLOSSARY_CHARS} characters`);
    largest.pop();
    expect(granted(await speaker.set(largest)).entries).toBe(largest.length);
    expect((await speaker.say()).terms).toHaveLength(largest.length);
  });

  test('[INV7] is erased with its room, from Redis too', async () => {
    const speaker = await speakerIn(await startNode(), newRoom(), { glossary: [entry('word0')] });
    const { room } = speaker;
    const { ownerSecret = '' } = speaker.started;
    const connection = openConnection(redis.options, 'commands');
    await connectionReady(connection);
    const kept = async () => JSON.stringify(await connection.hgetall(`parlance:{${room}}:room`));
    expect(await kept()).toContain('word0');
    granted(await speaker.socket.emitWithAck('room:end', { room, ownerSecret, erase: true }));
    expect(await kept()).not.toContain('word0');
    await closeConnection(connection);
    expect(refused(await speaker.set([entry('word1')])).code).toBe('room_ended');
  });

  test('of a room that is not there can not be set', async () => {
    const speaker = await speakerIn(await startNode(), newRoom());
    const unknown = { room: newRoom(), ownerSecret: OTHER_SECRET, glossary: [entry('word0')] };
    const reply = await speaker.socket.emitWithAck('room:glossary', unknown);
    expect(refused(reply).code).toBe('room_not_found');
  });

  test('outlives a restart of the node and of its own Redis', async () => {
    const own = { DATA_DIR: join(folder, 'own') };
    const first = await startNode(own);
    const { room, started } = await speakerIn(first, newRoom(), { glossary: [entry('word0')] });
    await Promise.all(nodes.splice(0).map((node) => node.close()));
    const { ownerSecret } = started;
    const back = await speakerIn(await startNode(own), room, { ownerSecret });
    expect(back.started.glossary).toEqual([entry('word0')]);
    expect((await back.say()).terms).toEqual([rule('word0')]);
  });
});

test('a change on one node is used by the others', async () => {
  const [here, there] = [await startNode(), await startNode()];
  const owner = await speakerIn(here, newRoom());
  const guest = await speakerIn(there, owner.room);
  expect(await guest.say()).not.toHaveProperty('terms');
  granted(await owner.set([entry('word0')]));
  await expect.poll(async () => (await guest.say()).terms, { timeout: 40_000 }).toBeDefined();
  expect((await guest.say()).terms).toEqual([rule('word0')]);
  // From the other node, too; and who starts a session sees it at once.
  const { ownerSecret = '' } = owner.started;
  granted(await guest.set([entry('word1')], ownerSecret));
  expect((await guest.say()).terms).toEqual([rule('word1')]);
  expect((await speakerIn(here, owner.room)).started.glossary).toEqual([entry('word1')]);
});

test('a node is told of a change before it asks again', async () => {
  const here = await startNode();
  // What this node does again and again, reading glossaries among it, never comes.
  vi.useFakeTimers({ toFake: ['setInterval'] });
  const deaf = await startNode();
  vi.useRealTimers();
  const owner = await speakerIn(here, newRoom());
  const guest = await speakerIn(deaf, owner.room);
  granted(await owner.set([entry('word0')]));
  await expect.poll(async () => (await guest.say()).terms, { timeout: 40_000 }).toBeDefined();
});

describe("the deployment's glossary", () => {
  const fileOf = async (name: string, text: string) => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };
  const settings = (path: string) => ({ REDIS_URL: `unix:${redisPath()}`, GLOSSARY_FILE: path });

  test("applies in every room, unless the room's own says otherwise", async () => {
    const path = await fileOf('terms.csv', 'term;keep;es\nword0;;cero\nword1;yes;\n');
    const node = await startNode(settings(path));
    expect(node.application.glossaryTerms).toBe(2);
    const speaker = await speakerIn(node, newRoom());
    expect(speaker.started.glossary).toEqual([]);
    const common = [
      { term: 'word0', translation: 'cero' },
      { term: 'word1', translation: 'word1' },
    ];
    expect((await speaker.say()).terms).toEqual(common);
    granted(await speaker.set([entry('Word0')]));
    expect((await speaker.say()).terms).toEqual([rule('Word0'), common[1]]);
  });

  test('that is wrong is one error that names every row, and nothing starts', async () => {
    const path = await fileOf('wrong.csv', 'term,keep\nword0,maybe\n,yes\n');
    const failure = { name: 'AppError', code: 'invalid_setting' };
    await expect(startNode(settings(path))).rejects.toMatchObject({
      ...failure,
      message: [
        `Expected GLOSSARY_FILE with a glossary, got ${path} with problems:`,
        'Row 2: expected yes or no in column "keep", got another word.',
        'Row 3: expected a term in column "term", got nothing.',
      ].join('\n  '),
    });
    await expect(startNode(settings(join(folder, 'none.csv')))).rejects.toMatchObject({
      ...failure,
      message: expect.stringMatching(/^Expected GLOSSARY_FILE with a file .*, got ENOENT at /),
    });
    await expect(startNode(settings('/dev/zero'))).rejects.toMatchObject({
      ...failure,
      message: expect.stringContaining('at most 2097152 bytes, got a larger one.'),
    });
  });
});
