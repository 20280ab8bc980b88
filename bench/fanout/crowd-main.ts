import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import type { PlacedEntry } from '../../shared/captions.ts';
import { compareCursors } from '../../shared/cursor.ts';
import {
  PROTOCOL_VERSION,
  type Reply,
  type RoomJoined,
  SOCKET_PATH,
  WATCH_NAMESPACE,
} from '../../shared/protocol.ts';
import type { CrowdLog, CrowdTask, FromCrowd, ToCrowd } from './crowd-messages.ts';

/** A process of viewers: they sit down, read, and tell when each had what. */

/** Joins under way at a time. */
const JOINS_AT_ONCE = 20;
/** After the last final was stored; what has not come by then is missing. */
const LAST_FINALS_LIMIT_MS = 15_000;
const POLL_MS = 50;
const MICROSECONDS = 1e6;

interface Seat {
  readonly language: string;
  readonly socket: Socket;
  cursor: string;
  readonly originalMs: number[];
  readonly translationMs: number[];
  misplaced: number;
  lost: number;
  partials: number;
}

let seats: Seat[] = [];
let usedBefore = process.cpuUsage();

process.once('disconnect', () => process.exit(0));
// An interrupt at the terminal reaches the whole group; the starter decides what follows from it.
process.on('SIGINT', () => undefined);
process.on('message', (message: ToCrowd) => {
  if (message.kind === 'sit') void sitDown(message.task);
  else void finish(message.originals, message.translations);
});

async function sitDown({ room, urls, languages }: CrowdTask): Promise<void> {
  const began = performance.now();
  let next = 0;
  const usher = async (): Promise<void> => {
    while (next < languages.length) {
      const index = next;
      next += 1;
      const url = urls[index % urls.length] ?? '';
      seats.push(await sit(url, room, languages[index] ?? ''));
    }
  };
  await Promise.all(Array.from({ length: JOINS_AT_ONCE }, usher));
  usedBefore = process.cpuUsage();
  tell({ kind: 'seated', seconds: (performance.now() - began) / 1000 });
}

async function sit(url: string, room: string, language: string): Promise<Seat> {
  const socket = io(url + WATCH_NAMESPACE, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { protocol: PROTOCOL_VERSION },
  });
  const seat: Seat = {
    ...{ language, socket, cursor: '0-0', misplaced: 0, lost: 0, partials: 0 },
    originalMs: [],
    translationMs: [],
  };
  socket.on('record:entry', (entry: PlacedEntry) => take(seat, entry));
  socket.on('caption:partial', () => {
    seat.partials += 1;
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  socket.on('disconnect', () => {
    seat.lost += 1;
  });
  const joined: Reply<RoomJoined> = await socket.emitWithAck('room:join', { room, language });
  if (!joined.ok) throw new Error(`Expected a seat, got ${joined.error.code}.`);
  return seat;
}

function take(seat: Seat, entry: PlacedEntry): void {
  const now = performance.timeOrigin + performance.now();
  if (compareCursors(entry.cursor, seat.cursor) <= 0) seat.misplaced += 1;
  else seat.cursor = entry.cursor;
  if (entry.type !== 'final') return;
  const { language, sourceLanguage } = entry.caption;
  const waited = now - Number(entry.cursor.split('-')[0]);
  (language === sourceLanguage ? seat.originalMs : seat.translationMs).push(waited);
}

async function finish(originals: number, translations: number): Promise<void> {
  const deadline = performance.now() + LAST_FINALS_LIMIT_MS;
  const isWaiting = (): boolean =>
    seats.some(
      ({ originalMs, translationMs }) =>
        originalMs.length < originals || translationMs.length < translations,
    );
  while (isWaiting() && performance.now() < deadline) await delay(POLL_MS);
  const { user, system } = process.cpuUsage(usedBefore);
  const logs = [...new Set(seats.map(({ language }) => language))].map(logOf);
  for (const { socket } of seats) socket.off('disconnect').disconnect();
  seats = [];
  tell({ kind: 'done', logs, cpuSeconds: (user + system) / MICROSECONDS }, () => {
    if (process.connected) process.disconnect();
  });
}

function logOf(language: string): CrowdLog {
  const readers = seats.filter((seat) => seat.language === language);
  const range = (counts: readonly number[]) => ({
    fewest: Math.min(...counts),
    most: Math.max(...counts),
  });
  const sum = (counts: readonly number[]) => counts.reduce((total, each) => total + each, 0);
  const finals = Math.max(0, ...readers.map(({ originalMs }) => originalMs.length));
  return {
    language,
    viewers: readers.length,
    lastMs: Array.from({ length: finals }, (_, at) =>
      Math.round(Math.max(...readers.map(({ originalMs }) => originalMs[at] ?? 0))),
    ),
    originalMs: Float64Array.from(readers.flatMap(({ originalMs }) => originalMs)),
    translationMs: Float64Array.from(readers.flatMap(({ translationMs }) => translationMs)),
    originals: range(readers.map(({ originalMs }) => originalMs.length)),
    translations: range(readers.map(({ translationMs }) => translationMs.length)),
    misplaced: sum(readers.map(({ misplaced }) => misplaced)),
    lost: sum(readers.map(({ lost }) => lost)),
    partials: sum(readers.map(({ partials }) => partials)),
  };
}

function tell(message: FromCrowd, then: () => void = () => {}): void {
  process.send?.(message, undefined, undefined, then);
}
