import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeAudio } from '../../../shared/audio-codec.ts';
import type { PlacedEntry } from '../../../shared/captions.ts';
import type { WireError } from '../../../shared/errors.ts';
import { MAX_FRAME_BYTES, SEND_WINDOW_FRAMES } from '../../../shared/limits.ts';
import { PROTOCOL_VERSION } from '../../../shared/protocol.ts';
import { burstPackets } from '../audio/testing/opus-packets.ts';
import {
  granted,
  refused,
  type ScriptedApplication,
  startRequest,
  startScriptedApplication,
} from '../testing/scripted-application.ts';
import { MAX_INVALID_MESSAGES } from './requests.ts';

let app: ScriptedApplication;
beforeAll(async () => {
  app = await startScriptedApplication({ MAX_LIVE_SESSIONS: 8, SLOT_WAIT_MS: 20_000 });
});
afterAll(() => app.close());

type Speaker = ReturnType<ScriptedApplication['speaker']>;

let rooms = 0;
const newRoom = (): string => {
  rooms += 1;
  return `room-${rooms}`;
};

async function started(fields: object = {}) {
  const socket = app.speaker();
  const request = startRequest(newRoom(), fields);
  const reply = granted(await socket.emitWithAck('session:start', request));
  return { socket, request, ...reply };
}

function next<T>(socket: Speaker, event: 'session:error' | 'session:ended'): Promise<T> {
  return new Promise((resolve) => {
    socket.once(event, ((payload: T) => resolve(payload)) as never);
  });
}

/** Sends packets as a client does that catches up: never more under way than the window holds. */
async function send(socket: Speaker, packets: readonly Uint8Array[], epoch: number, firstSeq = 0) {
  for (let at = 0; at < packets.length; at += SEND_WINDOW_FRAMES) {
    const end = firstSeq + Math.min(at + SEND_WINDOW_FRAMES, packets.length);
    for (let seq = firstSeq + at; seq < end; seq += 50) {
      const frames = packets.slice(seq - firstSeq, Math.min(seq + 50, end) - firstSeq);
      socket.emit('session:audio', encodeAudio({ firstSeq: seq, epoch, frames }));
    }
    await new Promise<void>((resolve) => {
      const onReceived = ({ seq }: { seq: number }): void => {
        if (seq < end) return;
        socket.off('session:received', onReceived);
        resolve();
      };
      socket.on('session:received', onReceived);
    });
  }
}

/** Two seconds of tone between silences: one segment. */
const speech = burstPackets(200, (frame) => frame >= 50 && frame < 150);

function entriesOf(socket: Speaker): PlacedEntry[] {
  const entries: PlacedEntry[] = [];
  socket.on('record:entry', (entry) => entries.push(entry));
  return entries;
}

const textsOf = (entries: readonly PlacedEntry[], language: string) =>
  entries
    .filter((entry) => entry.type === 'final' && entry.caption.language === language)
    .map((entry) => (entry.type === 'final' ? entry.caption.text : ''))
    .filter((text) => text !== '');

describe('a session', () => {
  test('speech comes back as finals and as the translations that were asked for', async () => {
    const { socket, epoch } = await started({ reads: ['es'] });
    const entries = entriesOf(socket);
    let acked = 0;
    socket.on('session:acked', ({ seq }) => {
      acked = seq;
    });
    await send(socket, speech, epoch);
    const summary = granted(await socket.emitWithAck('session:stop', { endSeq: speech.length }));
    expect(summary).toMatchObject({ endSeq: speech.length, segments: 1 });
    expect(acked).toBe(speech.length);
    await expect.poll(() => textsOf(entries, 'es')).toHaveLength(1);
    expect(textsOf(entries, 'es')[0]).toBe(`[es] ${textsOf(entries, 'en')[0]}`);
  });

  test('[R5] [R6] [INV1] [INV2] a session resumed with a new connection goes on at the durable ack', async () => {
    const { socket, request, session, secret, epoch } = await started();
    await send(socket, speech, epoch);
    socket.disconnect();
    const again = app.speaker();
    const entries = entriesOf(again);
    const resume = { room: request.room, session, secret, instance: request.instance };
    const resumed = granted(await again.emitWithAck('session:resume', { ...resume, after: '0-0' }));
    expect(resumed.epoch).toBeGreaterThan(epoch);
    expect(resumed.fromSeq).toBeLessThanOrEqual(resumed.ackedSeq);
    await send(again, speech.slice(resumed.fromSeq), resumed.epoch, resumed.fromSeq);
    granted(await again.emitWithAck('session:stop', { endSeq: speech.length }));
    await expect.poll(() => textsOf(entries, 'en')).toHaveLength(1);
    const finals = entries.filter((entry) => entry.type === 'final');
    const frames = finals.flatMap((entry) =>
      entry.type === 'final' ? [[entry.caption.startSeq, entry.caption.endSeq] as const] : [],
    );
    for (const [index, [startSeq]] of frames.entries()) {
      expect(startSeq).toBeGreaterThanOrEqual(frames[index - 1]?.[1] ?? 0);
    }
  });

  test('[R3] [INV2] audio of an older epoch is refused by name', async () => {
    const { socket, epoch } = await started();
    const error = next<WireError>(socket, 'session:error');
    const frames = speech.slice(0, 5);
    socket.emit('session:audio', encodeAudio({ firstSeq: 0, epoch: epoch - 1, frames }));
    expect((await error).code).toBe('session_fenced');
    socket.disconnect();
  });

  test('a speaker who goes silent for minutes keeps a session that is acknowledged', async () => {
    const { socket, epoch } = await started();
    let acked = 0;
    socket.on('session:acked', ({ seq }) => {
      acked = seq;
    });
    const minutes = burstPackets(3 * 60 * 50, () => false);
    await send(socket, minutes, epoch);
    await expect.poll(() => acked).toBeGreaterThan(minutes.length - 400);
    const entries = entriesOf(socket);
    await send(socket, speech, epoch, minutes.length);
    const endSeq = minutes.length + speech.length;
    granted(await socket.emitWithAck('session:stop', { endSeq }));
    await expect.poll(() => textsOf(entries, 'en')).toHaveLength(1);
  });

  test('a corrupt packet becomes silence of the same length, and the session goes on', async () => {
    const { socket, epoch } = await started();
    const broken = speech.map((packet, index) => (index % 20 === 3 ? Uint8Array.of(0x03) : packet));
    await send(socket, broken, epoch);
    const summary = granted(await socket.emitWithAck('session:stop', { endSeq: broken.length }));
    expect(summary.endSeq).toBe(broken.length);
    const metrics = await (await fetch(`${app.application.url}/metrics`)).text();
    expect(metrics).toMatch(/parlance_frames_concealed_total\{reason="corrupt"\} [1-9]/);
  });

  test('a declared gap is recorded where it lies', async () => {
    const { socket, epoch } = await started();
    const entries = entriesOf(socket);
    await send(socket, speech.slice(0, 100), epoch);
    socket.emit('session:gap', { fromSeq: 100, toSeq: 400 });
    await send(socket, speech, epoch, 400);
    granted(await socket.emitWithAck('session:stop', { endSeq: 600 }));
    await expect
      .poll(() => entries.map((entry) => entry.type).filter((type) => type === 'gap'))
      .toEqual(['gap']);
    const [gap] = entries.filter((entry) => entry.type === 'gap');
    expect(gap).toMatchObject({ gap: { fromSeq: 100, toSeq: 400 } });
  });
});

describe('bad input is refused by name and harms nothing else', () => {
  const connectError = (socket: Speaker) =>
    new Promise<WireError>((resolve) => {
      socket.on('connect_error', (error) => resolve((error as Error & { data: WireError }).data));
    });

  test('another protocol version', async () => {
    const error = await connectError(app.speaker({ protocol: PROTOCOL_VERSION + 98 }));
    expect(error.code).toBe('protocol_mismatch');
    expect(error.message).toContain(String(PROTOCOL_VERSION));
  });

  test('a handshake that is none', async () => {
    expect((await connectError(app.speaker({ hello: 'there' }))).code).toBe('invalid_message');
  });

  test.each([
    ['no object', 'start'],
    ['a missing field', { room: 'r' }],
    ['an unknown field', { ...startRequest('room-x'), extra: 1 }],
    ['a room with spaces', startRequest('my room')],
    ['a language that is no code', startRequest('room-x', { language: 'English!' })],
  ])('%s', async (_name, message) => {
    const socket = app.speaker();
    const error = refused(await socket.emitWithAck('session:start', message as never));
    expect(error.code).toBe('invalid_message');
    expect(error.message).toMatch(/Expected/);
  });

  test('a spoken language without a recogniser, and a translation nobody can make', async () => {
    const spoken = refused(
      await app.speaker().emitWithAck('session:start', startRequest('room-y', { language: 'de' })),
    );
    expect(spoken).toMatchObject({ code: 'language_unsupported' });
    expect(spoken.message).toMatch(/en/);
    const read = refused(
      await app.speaker().emitWithAck('session:start', startRequest('room-y', { offers: ['xx'] })),
    );
    expect(read).toMatchObject({ code: 'language_unsupported' });
    expect(read.message).toMatch(/es, ca/);
  });

  test.each([
    ['truncated', (message: Uint8Array) => message.slice(0, message.length - 3)],
    ['with bytes too many', (message: Uint8Array) => Uint8Array.from([...message, 0])],
    ['oversize', () => new Uint8Array(70 * MAX_FRAME_BYTES)],
    ['empty', () => new Uint8Array(0)],
    ['no binary', () => 'audio' as unknown as Uint8Array],
  ])('an audio message that is %s', async (_name, damage) => {
    const { socket, epoch } = await started();
    const error = next<WireError>(socket, 'session:error');
    const whole = encodeAudio({ firstSeq: 0, epoch, frames: speech.slice(0, 5) });
    socket.emit('session:audio', damage(whole));
    expect((await error).code).toBe('audio_malformed');
    await send(socket, speech.slice(0, 10), epoch);
    socket.disconnect();
  });

  test('a jump in seq, answered with the frame that is expected; a step back is dropped', async () => {
    const { socket, epoch } = await started();
    await send(socket, speech.slice(0, 10), epoch);
    const error = next<WireError>(socket, 'session:error');
    socket.emit('session:audio', encodeAudio({ firstSeq: 30, epoch, frames: speech.slice(0, 5) }));
    expect(await error).toMatchObject({ code: 'audio_gap', expectedSeq: 10 });
    socket.emit('session:audio', encodeAudio({ firstSeq: 5, epoch, frames: speech.slice(5, 10) }));
    await send(socket, speech.slice(10), epoch, 10);
    const endSeq = speech.length;
    expect(granted(await socket.emitWithAck('session:stop', { endSeq })).endSeq).toBe(endSeq);
  });

  test('[INV4] audio beyond the window', async () => {
    const { socket, epoch } = await started();
    const errors: string[] = [];
    socket.on('session:error', (error) => errors.push(error.code));
    const packets = burstPackets(50, () => true);
    for (let at = 0; at < 3 * SEND_WINDOW_FRAMES; at += 50) {
      socket.emit('session:audio', encodeAudio({ firstSeq: at, epoch, frames: packets }));
    }
    await expect.poll(() => errors).toContain('audio_too_fast');
    socket.disconnect();
  });

  test('audio, a stop and languages before a session', async () => {
    const socket = app.speaker();
    const error = next<WireError>(socket, 'session:error');
    socket.emit(
      'session:audio',
      encodeAudio({ firstSeq: 0, epoch: 1, frames: speech.slice(0, 1) }),
    );
    expect((await error).code).toBe('session_required');
    expect(refused(await socket.emitWithAck('session:stop', { endSeq: 0 })).code).toBe(
      'session_required',
    );
  });

  test('[INV4] a client that only sends nonsense is disconnected', async () => {
    const { socket } = await started();
    const gone = new Promise((resolve) => socket.on('disconnect', resolve));
    for (let at = 0; at <= MAX_INVALID_MESSAGES; at += 1) {
      socket.emit('session:audio', new Uint8Array(3));
    }
    expect(await gone).toBe('io server disconnect');
  });

  test('[INV4] more sessions than slots, with a time to come back; a slot is free afterwards', async () => {
    const small = await startScriptedApplication({ MAX_LIVE_SESSIONS: 1 });
    try {
      const [first, second] = [small.speaker(), small.speaker()];
      granted(await first.emitWithAck('session:start', startRequest(newRoom())));
      const reply = await second.emitWithAck('session:start', startRequest(newRoom()));
      expect(refused(reply)).toMatchObject({ code: 'server_busy', retryable: true });
      expect((reply as { error: WireError }).error.retryAfterMs).toBeGreaterThan(0);
      const info = await (await fetch(`${small.application.url}/api/v1/info`)).json();
      expect(info).toMatchObject({ full: true });
      first.disconnect();
      await expect
        .poll(async () => (await second.emitWithAck('session:start', startRequest(newRoom()))).ok)
        .toBe(true);
    } finally {
      await small.close();
    }
  });

  test('resuming what is not there, or with a wrong secret', async () => {
    const { socket, request, session } = await started();
    const resume = { room: request.room, session, instance: request.instance };
    const wrong = await app
      .speaker()
      .emitWithAck('session:resume', { ...resume, secret: 'x'.repeat(32) });
    expect(refused(wrong).code).toBe('session_not_found');
    socket.disconnect();
  });

  test("ending a room that is somebody else's", async () => {
    const { socket, request } = await started();
    const end = { room: request.room, ownerSecret: 'x'.repeat(32), erase: true };
    expect(refused(await app.speaker().emitWithAck('room:end', end)).code).toBe('not_room_owner');
    socket.disconnect();
  });

  test('[INV4] nothing of all this is left: no slot, no session', async () => {
    const figure = async (name: string) => {
      const text = await (await fetch(`${app.application.url}/metrics`)).text();
      return Number(new RegExp(`^parlance_${name} (\\S+)$`, 'm').exec(text)?.[1]);
    };
    await expect.poll(() => figure('slots_used\\{kind="decoding"\\}')).toBe(0);
    await expect.poll(() => figure('sessions')).toBe(0);
  });
});

describe("a room's owner", () => {
  test('is told again by its own secret: the answer to the first start may have been lost', async () => {
    const lost = await started({ ownerSecret: 'made-by-the-client-itself' });
    lost.socket.disconnect();
    const { room } = lost.request;
    const again = await started({ room, ownerSecret: 'made-by-the-client-itself' });
    expect(again.ownerSecret).toBe('made-by-the-client-itself');
    const guest = await started({ room, ownerSecret: 'somebody-elses-secret' });
    expect(guest.ownerSecret).toBeUndefined();
    for (const { socket } of [again, guest]) socket.disconnect();
  });

  test('ends the room for everybody and deletes what was kept', async () => {
    const { socket, request, epoch, ownerSecret } = await started();
    expect(ownerSecret).toBeDefined();
    await send(socket, speech, epoch);
    const ended = next<{ error?: WireError }>(socket, 'session:ended');
    const end = { room: request.room, ownerSecret: ownerSecret ?? '', erase: true };
    granted(await socket.emitWithAck('room:end', end));
    expect((await ended).error?.code).toBe('room_ended');
    const viewer = app.viewer();
    const { history } = granted(
      await viewer.emitWithAck('room:join', { room: request.room, language: 'en' }),
    );
    expect(history.map((entry) => entry.type)).toEqual(['ended']);
  });
});
