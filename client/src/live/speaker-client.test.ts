import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { decodeAudio } from '../../../shared/audio-codec.ts';
import type { Glossary } from '../../../shared/glossary.ts';
import { LINK_DEAD_AFTER_MS, MAX_FRAME_BYTES, SEND_WINDOW_FRAMES } from '../../../shared/limits.ts';
import type {
  SessionResumed,
  SessionStarted,
  SpeakClientEvents,
  SpeakServerEvents,
} from '../../../shared/protocol.ts';
import { BACKOFF_MAX_MS } from './backoff.ts';
import { FrameRing } from './frame-ring.ts';
import { FrameSender } from './frame-sender.ts';
import { STOP_GIVE_UP_MS, STOP_SILENCE_MS } from './session-stop.ts';
import { SpeakerClient } from './speaker-client.ts';
import type { SpeakerEvents, SpeakerOptions } from './speaker-options.ts';
import { finalEntry, partialCaption } from './testing/captions.ts';
import { ScriptedNetwork } from './testing/scripted-wire.ts';
import { localError } from './wire-error.ts';

const STARTED: SessionStarted = {
  session: 'session-a',
  secret: 'a-secret-of-the-session',
  epoch: 1,
  ownerSecret: 'the-owner-of-the-room',
  recognizer: 'scripted',
  languages: [],
  glossary: [],
  keptForS: 60,
  frameWindow: SEND_WINDOW_FRAMES,
};

let open: SpeakerClient[] = [];
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  for (const client of open) client.close();
  open = [];
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function speaker(options: Partial<SpeakerOptions> = {}, ringFrames = 6000) {
  const network = new ScriptedNetwork<SpeakServerEvents, SpeakClientEvents>();
  const client = new SpeakerClient(
    {
      url: 'http://server.test',
      room: 'room',
      language: 'en',
      offers: ['es', 'ca'],
      reads: ['es'],
      ...options,
    },
    { openWire: network.open, sender: new FrameSender(new FrameRing(ringFrames)) },
  );
  open.push(client);
  const told: { [E in keyof SpeakerEvents]: SpeakerEvents[E][] } = {
    state: [],
    partial: [],
    entry: [],
    status: [],
    offers: [],
    error: [],
    acked: [],
    gap: [],
    kept: [],
  };
  client.on('state', (state) => told.state.push(state));
  client.on('partial', (partial) => told.partial.push(partial));
  client.on('entry', (entry) => told.entry.push(entry));
  client.on('offers', (offers) => told.offers.push(offers));
  client.on('error', (error) => told.error.push(error));
  client.on('acked', (seq) => told.acked.push(seq));
  client.on('gap', (gap) => told.gap.push(gap));
  const push = (frames: number) => {
    for (let count = 0; count < frames; count += 1) {
      client.push(new Uint8Array([client.nextSeq & 0xff]));
    }
  };
  const settle = () => vi.advanceTimersByTimeAsync(0);
  /** Accepts the newest connection and answers its start or resume. */
  const welcome = async (resumed: Partial<SessionResumed> = {}) => {
    network.last.accept();
    if (network.last.all('session:start').length > 0) {
      network.last.asked('session:start').reply.resolve(STARTED);
    } else {
      const fresh = { epoch: 2, fromSeq: 0, ackedSeq: 0, nextSegment: 0 };
      network.last
        .asked('session:resume')
        .reply.resolve({ ...fresh, frameWindow: SEND_WINDOW_FRAMES, ...resumed });
    }
    await settle();
  };
  const live = async () => {
    const started = client.start();
    await welcome();
    return await started;
  };
  const redial = () => vi.advanceTimersByTimeAsync(BACKOFF_MAX_MS);
  return { network, client, told, push, settle, welcome, live, redial };
}

/** What went over a connection, as `[first, end)@epoch` and `<from,to)`. */
function audioOn(wire: ScriptedNetwork<SpeakServerEvents, SpeakClientEvents>['last']): string[] {
  return wire.said.flatMap(({ event, body }) => {
    if (event === 'session:gap') {
      const { fromSeq, toSeq } = body as { fromSeq: number; toSeq: number };
      return [`<${fromSeq},${toSeq})`];
    }
    if (event !== 'session:audio') return [];
    const { firstSeq, frames, epoch } = decodeAudio(body as Uint8Array);
    for (const [at, frame] of frames.entries()) expect(frame[0]).toBe((firstSeq + at) & 0xff);
    return [`[${firstSeq},${firstSeq + frames.length})@${epoch}`];
  });
}

test('starting a session says who speaks what, and whom it is for', async () => {
  const { network, live, client, told } = speaker({ speakerName: 'Ada', instance: 'i'.repeat(20) });
  await expect(live()).resolves.toEqual(STARTED);
  expect(network.last.all('session:start')[0]?.body).toEqual({
    room: 'room',
    language: 'en',
    offers: ['es', 'ca'],
    reads: ['es'],
    speakerName: 'Ada',
    instance: 'i'.repeat(20),
    ownerSecret: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  expect(told.state).toEqual([
    { kind: 'connecting' },
    { kind: 'live', session: 'session-a', epoch: 1 },
  ]);
  expect(client.started).toEqual(STARTED);
});

test('[INV1] what is spoken while connecting goes out once the session is live', async () => {
  const { network, client, push, welcome } = speaker();
  const started = client.start();
  push(12);
  await welcome();
  await started;
  expect(audioOn(network.last)).toEqual(['[0,12)@1']);
});

test.each(['unauthorized', 'server_busy', 'language_unsupported'] as const)(
  'a start that is refused with %s rejects, and the client is over',
  async (code) => {
    const { network, client } = speaker();
    const started = client.start();
    network.last.accept();
    network.last.asked('session:start').reply.reject(localError(code, 'no'));
    await expect(started).rejects.toMatchObject({ code });
    expect(client.state).toMatchObject({ kind: 'ended', summary: null, error: { code } });
    expect(client.push(new Uint8Array([1]))).toBe(-1);
    await expect(client.whenWritable()).rejects.toMatchObject({ code });
    await expect(client.stop()).rejects.toMatchObject({ code });
    expect(network.wires).toHaveLength(1);
  },
);

test('a refused handshake and an absent server reject the start', async () => {
  for (const error of [localError('protocol_mismatch', 'old'), undefined]) {
    const { network, client } = speaker();
    const started = client.start();
    network.last.down(error);
    await expect(started).rejects.toMatchObject({ code: error?.code ?? 'server_unreachable' });
  }
});

test('[INV1] a busy network at the start costs no words: the same is asked again, and all is sent', async () => {
  const { network, client, told, push, welcome, redial } = speaker({ startWithinMs: 30_000 });
  const started = client.start();
  push(5);
  network.last.down();
  await redial();
  network.last.accept();
  const lost = network.last.asked('session:start');
  network.last.down();
  push(5);
  await redial();
  await welcome();
  await expect(started).resolves.toEqual(STARTED);
  expect(network.wires).toHaveLength(3);
  // The lost start may have made the room: only its secret shows that the room is ours.
  expect(network.last.all('session:start')[0]?.body).toEqual(lost.body);
  expect(audioOn(network.last)).toEqual(['[0,10)@1']);
  expect(told.state.map(({ kind }) => kind)).toEqual([
    'connecting',
    'reconnecting',
    'reconnecting',
    'live',
  ]);
});

test('[INV4] a start that nobody answers is over by name when its time is up', async () => {
  const { network, client, redial } = speaker({ startWithinMs: 12_000 });
  const started = client.start();
  const refused = expect(started).rejects.toMatchObject({ code: 'server_unreachable' });
  for (let tries = 0; tries < 20 && client.state.kind !== 'ended'; tries += 1) {
    network.last.down();
    await redial();
  }
  await refused;
  expect(client.state).toMatchObject({ kind: 'ended', error: { code: 'server_unreachable' } });
  expect(network.wires.length).toBeGreaterThan(2);
  expect(network.wires.length).toBeLessThan(10);
});

test('[R5] [INV1] a resumed session goes on at the durable ack, and frames are there exactly once', async () => {
  const { network, push, live, welcome, redial, told } = speaker();
  await live();
  push(100);
  network.last.say('session:received', { seq: 100, epoch: 1 });
  network.last.say('session:acked', { seq: 60, epoch: 1 });
  network.last.down();
  push(10);
  await redial();
  expect(network.last.all('session:resume')).toHaveLength(0);
  network.last.accept();
  expect(network.last.all('session:resume')[0]?.body).toMatchObject({
    room: 'room',
    session: 'session-a',
    secret: STARTED.secret,
    reads: ['es'],
  });
  await welcome({ fromSeq: 55, ackedSeq: 60 });
  expect(audioOn(network.last)).toEqual(['[55,105)@2', '[105,110)@2']);
  expect(told.state.map(({ kind }) => kind)).toEqual([
    'connecting',
    'live',
    'reconnecting',
    'live',
  ]);
});

test('[R2] the same instance resumes, also where none was given', async () => {
  const { network, live, redial } = speaker();
  await live();
  const { instance } = network.last.asked('session:start').body as { instance: string };
  expect(instance).toMatch(/^[A-Za-z0-9_-]{16,64}$/);
  network.last.down();
  await redial();
  network.last.accept();
  expect(network.last.all('session:resume')[0]?.body).toMatchObject({ instance });
});

test('[R9] [INV2] acks and captions of a former epoch are dropped', async () => {
  const { network, client, push, live, welcome, redial, told } = speaker();
  await live();
  push(50);
  network.last.down();
  await redial();
  await welcome({ epoch: 4, fromSeq: 0 });
  network.last.say('session:received', { seq: 50, epoch: 1 });
  network.last.say('session:acked', { seq: 50, epoch: 3 });
  network.last.say('caption:partial', partialCaption({ epoch: 3 }));
  expect([client.receivedSeq, client.ackedSeq, told.partial.length]).toEqual([0, 0, 0]);
  network.last.say('session:received', { seq: 40, epoch: 4 });
  network.last.say('session:acked', { seq: 30, epoch: 4 });
  network.last.say('caption:partial', partialCaption({ epoch: 4 }));
  expect([client.receivedSeq, client.ackedSeq, told.partial.length]).toEqual([40, 30, 1]);
  expect(told.acked).toEqual([30]);
});

test('[INV2] entries that were seen are dropped, and a resume names the last one', async () => {
  const { network, live, redial, told } = speaker();
  await live();
  network.last.say('record:entry', finalEntry('5-0'));
  network.last.say('record:entry', finalEntry('5-0'));
  network.last.say('record:entry', finalEntry('4-9'));
  network.last.down();
  await redial();
  network.last.accept();
  expect(network.last.all('session:resume')[0]?.body).toMatchObject({ after: '5-0' });
  network.last.say('record:entry', finalEntry('5-0'));
  network.last.say('record:entry', finalEntry('5-1', { segment: 1 }));
  expect(told.entry.map(({ cursor }) => cursor)).toEqual(['5-0', '5-1']);
});

test('[INV1] go-back-N: a gap on the way rewinds to the expected frame', async () => {
  const { network, push, live, told } = speaker();
  await live();
  push(20);
  const gap = { ...localError('audio_gap', 'Expected 5.'), expectedSeq: 5 };
  network.last.say('session:error', gap);
  expect(audioOn(network.last).at(-1)).toBe('[5,20)@1');
  expect(told.error).toEqual([]);
});

test('[R7] [INV1] ring overflow in a long outage: the gap goes out first, then the frames', async () => {
  const { network, push, live, welcome, redial, told } = speaker({}, 100);
  await live();
  push(10);
  network.last.down();
  push(150);
  await redial();
  await welcome({ fromSeq: 0 });
  expect(audioOn(network.last)).toEqual(['<0,60)', '[60,110)@2', '[110,160)@2']);
  expect(told.gap.at(-1)).toEqual({ fromSeq: 0, toSeq: 60, declared: true, cause: 'overflow' });
  expect(told.gap.filter(({ declared }) => !declared)).toEqual([
    { fromSeq: 10, toSeq: 11, declared: false, cause: 'overflow' },
  ]);
});

test('[INV4] the window of the server is respected', async () => {
  const { network, push, live } = speaker();
  await live();
  push(400);
  expect(audioOn(network.last).at(-1)).toBe('[245,250)@1');
  network.last.say('session:received', { seq: 100, epoch: 1 });
  expect(audioOn(network.last).slice(-2)).toEqual(['[250,300)@1', '[300,350)@1']);
});

test('a link without received acks for 3 s is dropped and dialled again', async () => {
  const { network, push, live, told } = speaker();
  await live();
  push(5);
  await vi.advanceTimersByTimeAsync(LINK_DEAD_AFTER_MS - 1);
  expect(network.last.closed).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(network.wires[0]?.closed).toBe(true);
  expect(told.state.at(-1)).toMatchObject({ kind: 'reconnecting', attempt: 1 });
});

test('[R10] session_taken is tried again, session_not_found is the end', async () => {
  const { network, client, live, redial } = speaker();
  await live();
  network.last.down();
  await redial();
  network.last.accept();
  network.last.asked('session:resume').reply.reject(localError('session_taken', ''));
  await redial();
  expect(network.wires).toHaveLength(3);
  expect(client.state.kind).toBe('reconnecting');
  network.last.accept();
  network.last.asked('session:resume').reply.reject(localError('session_not_found', ''));
  await redial();
  expect(client.state).toMatchObject({ kind: 'ended', error: { code: 'session_not_found' } });
  expect(network.wires).toHaveLength(3);
});

test('a draining server is left for another one, when it says so', async () => {
  const { network, client, live, welcome, redial, told } = speaker();
  await live();
  network.last.say('session:error', { ...localError('shutting_down', ''), retryAfterMs: 1000 });
  expect(network.last.closed).toBe(true);
  expect(told.error).toMatchObject([{ code: 'shutting_down' }]);
  await redial();
  await welcome();
  network.last.say('session:ended', {
    session: 'session-a',
    error: localError('shutting_down', ''),
  });
  expect(client.state.kind).toBe('reconnecting');
  await redial();
  await welcome({ epoch: 3 });
  expect(client.state).toEqual({ kind: 'live', session: 'session-a', epoch: 3 });
});

test('[R3] [INV2] a fenced session is resumed: the server decides whose it is', async () => {
  const { network, client, live, redial, welcome } = speaker();
  await live();
  network.last.say('session:ended', {
    session: 'session-a',
    error: localError('session_fenced', ''),
  });
  await redial();
  await welcome();
  expect(client.state).toMatchObject({ kind: 'live', epoch: 2 });
});

test('an error of a running session is told, and the session goes on', async () => {
  const { network, client, live, told } = speaker();
  await live();
  network.last.say('session:error', localError('recognizer_failed', ''));
  network.last.say('session:error', localError('audio_malformed', ''));
  expect(told.error.map(({ code }) => code)).toEqual(['recognizer_failed', 'audio_malformed']);
  expect(client.state.kind).toBe('live');
});

test('a session that the server ends is over', async () => {
  const { network, client, live, push } = speaker();
  await live();
  push(SEND_WINDOW_FRAMES);
  const waiting = client.whenWritable();
  network.last.say('session:ended', { session: 'another', error: localError('session_idle', '') });
  expect(client.state.kind).toBe('live');
  network.last.say('session:ended', {
    session: 'session-a',
    error: localError('session_idle', ''),
  });
  await expect(waiting).rejects.toMatchObject({ code: 'session_idle' });
  expect(client.state).toMatchObject({ kind: 'ended', error: { code: 'session_idle' } });
  expect(network.last.closed).toBe(true);
});

test('stopping sends the rest, waits for it, and tells what became of it', async () => {
  const { network, client, push, live, told, settle } = speaker();
  await live();
  push(7);
  const stopped = client.stop();
  expect(client.stop()).toBe(stopped);
  expect(client.push(new Uint8Array([1]))).toBe(-1);
  expect(audioOn(network.last)).toEqual(['[0,5)@1', '[5,7)@1']);
  expect(network.last.all('session:stop')).toHaveLength(0);
  network.last.say('session:received', { seq: 7, epoch: 1 });
  expect(network.last.asked('session:stop').body).toEqual({ endSeq: 7 });
  network.last.say('session:ended', { session: 'session-a' });
  network.last.asked('session:stop').reply.resolve({ ok: true, segments: 2, endSeq: 7 });
  await expect(stopped).resolves.toEqual({ segments: 2, endSeq: 7 });
  await settle();
  network.last.say('record:entry', finalEntry('9-0', { language: 'es', text: 'tarde' }));
  expect(told.entry).toHaveLength(1);
  expect(client.state).toEqual({
    kind: 'ended',
    summary: { segments: 2, endSeq: 7 },
    error: null,
  });
});

test('stopping before the session is live sends everything first', async () => {
  const { network, client, push, welcome } = speaker();
  const started = client.start();
  push(8);
  const stopped = client.stop();
  await welcome();
  await started;
  expect(audioOn(network.last)).toEqual(['[0,8)@1']);
  network.last.say('session:received', { seq: 8, epoch: 1 });
  network.last.asked('session:stop').reply.resolve({ segments: 1, endSeq: 8 });
  await expect(stopped).resolves.toMatchObject({ segments: 1 });
});

test('[R14] [INV1] stopping during an outage: resume, replay, stop', async () => {
  const { network, client, push, live, welcome, redial, told } = speaker();
  await live();
  push(20);
  network.last.down();
  const stopped = client.stop();
  await redial();
  await welcome({ fromSeq: 0 });
  expect(audioOn(network.last)).toEqual(['[0,20)@2']);
  network.last.say('session:received', { seq: 20, epoch: 2 });
  network.last.asked('session:stop').reply.resolve({ segments: 1, endSeq: 20 });
  await expect(stopped).resolves.toEqual({ segments: 1, endSeq: 20 });
  expect(told.state.map(({ kind }) => kind).slice(2)).toEqual([
    'reconnecting',
    'stopping',
    'ended',
  ]);
});

test('a stop whose link is lost is asked again over the next one', async () => {
  const { network, client, live, welcome, redial } = speaker();
  await live();
  const stopped = client.stop();
  expect(network.last.all('session:stop')).toHaveLength(1);
  network.last.down();
  await redial();
  await welcome();
  network.last.asked('session:stop').reply.resolve({ segments: 0, endSeq: 0 });
  await expect(stopped).resolves.toEqual({ segments: 0, endSeq: 0 });
});

test('[INV1] a stop that the server can not grant for a missing frame sends it and asks again', async () => {
  const { network, client, push, live, settle } = speaker();
  await live();
  push(20);
  network.last.say('session:received', { seq: 20, epoch: 1 });
  const stopped = client.stop();
  const gap = { ...localError('audio_gap', ''), expectedSeq: 15 };
  network.last.asked('session:stop').reply.reject(gap);
  await settle();
  expect(audioOn(network.last).at(-1)).toBe('[15,20)@1');
  expect(network.last.all('session:stop')).toHaveLength(1);
  network.last.say('session:received', { seq: 20, epoch: 1 });
  expect(network.last.all('session:stop')).toHaveLength(2);
  network.last.asked('session:stop').reply.resolve({ segments: 1, endSeq: 20 });
  await stopped;
});

test('[R14] a stop whose answer was lost is done where everything is durable', async () => {
  const { network, client, push, live, redial } = speaker();
  await live();
  push(10);
  network.last.say('session:received', { seq: 10, epoch: 1 });
  network.last.say('record:entry', finalEntry('1-0', { segment: 2 }));
  const stopped = client.stop();
  network.last.say('session:acked', { seq: 10, epoch: 1 });
  network.last.down();
  await redial();
  network.last.accept();
  network.last.asked('session:resume').reply.reject(localError('session_ended', ''));
  await expect(stopped).resolves.toEqual({ segments: 3, endSeq: 10 });
});

test('[R14] [INV1] a stop of a session that ended with frames outstanding is no success', async () => {
  const { network, client, push, live, redial } = speaker();
  await live();
  push(10);
  network.last.down();
  const stopped = client.stop();
  const refused = expect(stopped).rejects.toMatchObject({ code: 'session_ended' });
  await redial();
  network.last.accept();
  network.last.asked('session:resume').reply.reject(localError('session_ended', ''));
  await refused;
});

test('[INV4] a server that falls silent while stopping is asked anew, and not for ever', async () => {
  const { network, client, live, welcome } = speaker();
  await live();
  const stopped = client.stop();
  const refused = expect(stopped).rejects.toMatchObject({ code: 'server_unreachable' });
  await vi.advanceTimersByTimeAsync(STOP_SILENCE_MS);
  expect(network.wires[0]?.closed).toBe(true);
  await vi.advanceTimersByTimeAsync(BACKOFF_MAX_MS);
  await welcome();
  expect(network.last.all('session:stop')).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(STOP_GIVE_UP_MS);
  await refused;
  expect(client.state).toMatchObject({ kind: 'ended', error: { code: 'server_unreachable' } });
});

test('a server that still works on the rest is waited for', async () => {
  const { network, client, live } = speaker();
  await live();
  const stopped = client.stop();
  for (let waited = 0; waited < 3 * STOP_GIVE_UP_MS; waited += STOP_SILENCE_MS - 1) {
    await vi.advanceTimersByTimeAsync(STOP_SILENCE_MS - 1);
    network.last.say('session:acked', { seq: 0, epoch: 1 });
  }
  expect(network.wires).toHaveLength(1);
  network.last.asked('session:stop').reply.resolve({ segments: 4, endSeq: 0 });
  await expect(stopped).resolves.toMatchObject({ segments: 4 });
});

test('changed languages are asked for, kept over a resume, and asked again after a loss', async () => {
  const { network, client, live, welcome, redial } = speaker();
  await live();
  const changed = client.setLanguages(['fr'], ['fr']);
  network.last.down();
  await redial();
  await welcome();
  await vi.advanceTimersByTimeAsync(0);
  const { body, reply } = network.last.asked('session:languages');
  expect(body).toEqual({ offers: ['fr'], reads: ['fr'] });
  reply.resolve({ languages: [] });
  await expect(changed).resolves.toEqual([]);
  network.last.down();
  await redial();
  network.last.accept();
  expect(network.last.all('session:resume')[0]?.body).toMatchObject({ reads: ['fr'] });
});

test('languages that the server refuses leave the session as it is', async () => {
  const { network, client, live, settle } = speaker();
  await live();
  const changed = client.setLanguages(['xx'], []);
  const refused = expect(changed).rejects.toMatchObject({ code: 'language_unsupported' });
  await settle();
  network.last.asked('session:languages').reply.reject(localError('language_unsupported', ''));
  await refused;
  expect(client.state.kind).toBe('live');
});

const TERMS: Glossary = [
  { language: 'en', term: 'Parlance', heardAs: ['par lance'], translations: {}, keep: true },
];

test('a session starts with the glossary it was given, and knows the room’s', async () => {
  const { network, client } = speaker({ glossary: TERMS });
  const started = client.start();
  network.last.accept();
  const { body, reply } = network.last.asked('session:start');
  expect(body).toMatchObject({ glossary: TERMS });
  reply.resolve({ ...STARTED, glossary: TERMS });
  expect((await started).glossary).toEqual(TERMS);
});

test('a changed glossary is asked for with the owner’s secret, and again after a loss', async () => {
  const { network, client, live, welcome, redial, settle } = speaker();
  await live();
  expect(network.last.asked('session:start').body).not.toHaveProperty('glossary');
  const changed = client.setGlossary(TERMS);
  network.last.down();
  await redial();
  await welcome();
  await settle();
  const { body, reply } = network.last.asked('room:glossary');
  expect(body).toEqual({ room: 'room', ownerSecret: STARTED.ownerSecret, glossary: TERMS });
  expect(client.started?.glossary).toEqual([]);
  reply.resolve({ entries: 1 });
  await changed;
  expect(client.started?.glossary).toEqual(TERMS);
  expect(client.started?.session).toBe(STARTED.session);
});

test('what readers may choose from is told whenever it changes', async () => {
  const { network, live, told } = speaker();
  await live();
  const offers = [{ language: 'es', engine: 'made', quality: 'neural' as const, via: [] }];
  network.last.say('session:offers', offers);
  expect(told.offers).toEqual([offers]);
});

test('a glossary that is refused, or of a room that is not one’s own, changes nothing', async () => {
  const { network, client, live, settle } = speaker({ ownerSecret: 'another-than-the-owner' });
  await live();
  const refused = expect(client.setGlossary(TERMS)).rejects.toMatchObject({
    code: 'not_room_owner',
  });
  await settle();
  network.last.asked('room:glossary').reply.reject(localError('not_room_owner', ''));
  await refused;
  expect(client.started?.glossary).toEqual([]);
  expect(client.state.kind).toBe('live');
  const stranger = speaker();
  await expect(stranger.client.setGlossary(TERMS)).rejects.toMatchObject({
    code: 'not_room_owner',
  });
  expect(stranger.network.wires).toHaveLength(0);
});

test('the owner ends the room over a connection of its own, also without a session', async () => {
  const { network, client } = speaker({ ownerSecret: 'the-owner-of-the-room' });
  const ended = client.endRoom(true);
  network.last.accept();
  const { body, reply } = network.last.asked('room:end');
  expect(body).toEqual({ room: 'room', ownerSecret: 'the-owner-of-the-room', erase: true });
  reply.resolve({});
  await ended;
  expect(network.last.closed).toBe(true);
});

test('who has no owner secret can not end the room', async () => {
  const { client, network } = speaker();
  await expect(client.endRoom(false)).rejects.toMatchObject({ code: 'not_room_owner' });
  expect(network.wires).toHaveLength(0);
});

test('a packet that no server takes is refused by name', () => {
  const { client } = speaker();
  for (const bytes of [0, MAX_FRAME_BYTES + 1]) {
    expect(() => client.push(new Uint8Array(bytes))).toThrow(
      expect.objectContaining({ code: 'audio_malformed' }),
    );
  }
  expect(client.nextSeq).toBe(0);
});

test.each(['idle', 'connecting', 'live', 'reconnecting', 'stopping'])(
  'closing while %s leaves no timer and no connection',
  async (kind) => {
    const { network, client, push, live } = speaker();
    const fates: Promise<unknown>[] = [];
    if (kind === 'connecting') fates.push(client.start());
    if (kind === 'live' || kind === 'reconnecting' || kind === 'stopping') {
      await live();
      push(SEND_WINDOW_FRAMES + 7);
      fates.push(client.whenWritable(), client.setLanguages([], []), client.setGlossary([]));
    }
    if (kind === 'reconnecting') network.last.down();
    if (kind === 'stopping') fates.push(client.stop());
    expect(client.state.kind).toBe(kind);
    const settled = Promise.allSettled(fates);
    client.close();
    client.close();
    expect(vi.getTimerCount()).toBe(0);
    for (const fate of await settled) expect(fate.status).toBe('rejected');
    expect(client.state).toEqual({ kind: 'ended', summary: null, error: null });
    for (const wire of network.wires) expect(wire.closed).toBe(true);
  },
);

test('a closed client can not be started', async () => {
  const { client, network } = speaker();
  client.close();
  await expect(client.start()).rejects.toMatchObject({ code: 'session_ended' });
  expect(network.wires).toHaveLength(0);
});
