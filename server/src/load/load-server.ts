import type { SpeakerOptions } from '../../../client/src/live/speaker-options.ts';
import { clipPackets } from './clip-packets.ts';
import { FirstSight } from './first-sight.ts';
import { HealthUser } from './health-user.ts';
import type { LoadType } from './load-report.ts';
import { type LoadPlan, runLoad } from './load-run.ts';
import { LoadTally } from './load-tally.ts';
import { SpeakerUser } from './speaker-user.ts';
import { ViewerUser } from './viewer-user.ts';

/** Multiples of it, less their whole part, lie evenly between 0 and 1, however many there are. */
const GOLDEN_RATIO = (1 + Math.sqrt(5)) / 2;

/** Who does what, and where. */
export interface LoadTask {
  readonly type: LoadType;
  readonly address: {
    readonly url: string;
    readonly room: string;
    readonly token?: string;
    readonly socketOptions: NonNullable<SpeakerOptions['socketOptions']>;
  };
  /** Whether the room was named: all speak there, or somebody else does and viewers read it. */
  readonly roomIsGiven: boolean;
  readonly plan: LoadPlan;
  /** Users stay, or speak, until the time is over; else what each does has an end of its own. */
  readonly untilOver: boolean;
  readonly from: string;
  readonly to: readonly string[];
  /** What viewers read. */
  readonly language: string;
  /** What is said; the project's own clip without. */
  readonly file: string | undefined;
}

/** Loads a server as the task says; resolves with the milliseconds that it took. */
export async function loadServer(
  task: LoadTask,
  tally: LoadTally,
  interrupt: AbortSignal,
  ffmpegBin: string | undefined,
): Promise<number> {
  const { address, plan, roomIsGiven } = task;
  const { url, token, room } = address;
  const packets = async () => await clipPackets(task.file, ffmpegBin);
  if (task.type === 'health') {
    const user = () => new HealthUser({ url, key: token, tls: address.socketOptions }, tally);
    return await runLoad(plan, user, tally, interrupt);
  }
  if (task.type === 'live') {
    const said = { packets: await packets(), repeats: task.untilOver };
    const phase = (index: number) => Math.floor(((index * GOLDEN_RATIO) % 1) * said.packets.length);
    const user = (index: number) => {
      const own = roomIsGiven ? room : `${room}-${index}`;
      return new SpeakerUser(
        { speaker: speakerIn(own, task), ...said, startAt: phase(index) },
        tally,
      );
    };
    return await runLoad(plan, user, tally, interrupt);
  }
  const sight = new FirstSight();
  const viewer = { ...address, language: task.language };
  const read = () => {
    const user = () => new ViewerUser({ viewer, stays: task.untilOver }, tally, sight);
    return runLoad(plan, user, tally, interrupt);
  };
  return roomIsGiven
    ? await read()
    : await whileSpoken(task, await packets(), tally, interrupt, read);
}

/** Has one speaker come along; where it is refused, that is all there is to tell. */
async function whileSpoken(
  task: LoadTask,
  packets: readonly Uint8Array[],
  tally: LoadTally,
  interrupt: AbortSignal,
  read: () => Promise<number>,
): Promise<number> {
  const beganAt = performance.now();
  const over = new AbortController();
  const signals = { over: AbortSignal.any([over.signal, interrupt]), interrupt };
  const speaker = speakerIn(task.address.room, task);
  const voice = new SpeakerUser({ speaker, packets, startAt: 0, repeats: true }, new LoadTally());
  let tellStarted = (): void => {};
  const started = new Promise<true>((resolve) => {
    tellStarted = () => resolve(true);
  });
  const speaking = voice.act(signals, () => tellStarted());
  let elapsedMs: number | null = null;
  try {
    if ((await Promise.race([started, speaking])) === true) elapsedMs = await read();
  } finally {
    over.abort(new Error('Nobody reads any more.'));
    const outcome = await speaking;
    if (outcome !== null && outcome.kind !== 'ok') tally.record(outcome);
  }
  return elapsedMs ?? performance.now() - beganAt;
}

function speakerIn(room: string, { address, from, to }: LoadTask): SpeakerOptions {
  return { ...address, room, language: from, offers: to, reads: to };
}
