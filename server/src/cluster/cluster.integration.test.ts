import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCorpus } from '../../../bench/corpus.ts';
import { prepareClips, type ReadyClip } from '../../../bench/speakers/prepare-clips.ts';
import { writeScripts } from '../../../bench/speakers/script.ts';
import type { SessionVerdict } from '../../../chaos/judge/judge-session.ts';
import { BalancedCluster } from '../../../chaos/support/balanced-cluster.ts';
import { Gathering } from '../../../chaos/support/gathering.ts';
import { SpeechLibrary } from '../../../chaos/support/speech.ts';
import { isAlive } from '../store/process-identity.ts';

/** `parlance cluster` as a process of its own: Redis, two nodes with their engines, and nginx. */

const SPEAKERS = 4;
const SPEED = 2;
const SECONDS = 36;
const LIMIT_MS = 120_000;

let cluster: BalancedCluster;
let clips: readonly ReadyClip[];

beforeAll(async () => {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const english = readCorpus().clips.filter(({ set }) => set === 'en');
  clips = await prepareClips(english, { progress: () => undefined, signal });
  // Tests side by side keep a machine busy; newcomers are not what this is about.
  cluster = await BalancedCluster.start(2, { MAX_FINAL_WAIT_MS: '60000' });
});

afterAll(() => cluster?.kill());

/** People who speak through nginx, each with a viewer. */
async function gather(speakers: number, seconds: number): Promise<Gathering[]> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const scripts = writeScripts(clips, {
    speakers,
    seconds,
    activity: 0.85,
    arrivalsMs: 0,
    readShare: 0,
    seed: 7,
  });
  const library = new SpeechLibrary(clips);
  return await Promise.all(
    scripts.map((script) =>
      Gathering.start(library.compose(script), {
        speakerUrl: cluster.url,
        viewerUrls: [cluster.url],
        translations: [],
        signal,
      }),
    ),
  );
}

async function speak(gatherings: readonly Gathering[], meanwhile: () => Promise<void>) {
  const signal = AbortSignal.timeout(LIMIT_MS);
  await Promise.all([
    meanwhile(),
    ...gatherings.map(({ speaker }) => speaker.speak({ speed: SPEED }, signal)),
  ]);
  return await Promise.all(gatherings.map((gathering) => gathering.finish()));
}

function expectWhole(verdicts: readonly SessionVerdict[]): void {
  for (const { problems, speechFrames, gapFrames } of verdicts) {
    expect({ problems, gapFrames }).toEqual({ problems: [], gapFrames: 0 });
    expect(speechFrames).toBeGreaterThan(0);
  }
}

const reasons = ({ speaker, viewers }: Gathering) => ({
  speaker: speaker.resumptions.map(({ error }) => error?.code),
  viewers: viewers.flatMap(({ losses }) => losses.map(({ code }) => code)),
});

test(
  '[INV1] [INV2] [INV3] a rolling restart under several speakers loses nothing and doubles nothing',
  async () => {
    const gatherings = await gather(SPEAKERS, SECONDS);
    const verdicts = await speak(gatherings, () =>
      cluster.rollingRestart(AbortSignal.timeout(LIMIT_MS)),
    );
    expect(cluster.timesReady).toEqual([1, 2, 2]);
    expectWhole(verdicts);
    // Everybody was on a node that left, and was asked to go. (On a machine that is busy with more than
    // this, a link may also be given up in between; that loses nothing either.)
    for (const gathering of gatherings) {
      const { speaker, viewers } = reasons(gathering);
      expect(speaker).toContain('server_draining');
      expect(viewers).toContain('server_draining');
    }
  },
  LIMIT_MS,
);

/** How many requests a client at this address has left in this minute, whatever it claims to be. */
async function requestsLeft(localAddress: string, claimed: string): Promise<number> {
  const headers = { 'X-Forwarded-For': claimed };
  const [answer] = (await once(
    get(`${cluster.url}/api/v1/info`, { localAddress, headers }),
    'response',
  )) as [IncomingMessage];
  answer.resume();
  return Number(/r=(\d+)/.exec(String(answer.headers.ratelimit))?.[1]);
}

test('nodes count by the address that nginx sees, all of them together; what a client claims is dropped', async () => {
  const first = await requestsLeft('127.0.0.2', '198.51.100.1');
  const others = [];
  for (const claimed of ['198.51.100.2', '127.0.0.3', '']) {
    others.push(await requestsLeft('127.0.0.2', claimed));
  }
  expect(others).toEqual([first - 1, first - 2, first - 3]);
  expect(await requestsLeft('127.0.0.3', '127.0.0.2')).toBe(first);
});

test('on loopback the nodes behind nginx answer to names of this machine alone', async () => {
  const status = async (host: string) => {
    const asked = get(`${cluster.url}/api/v1/info`, { headers: { host } });
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.resume();
    return answer.statusCode;
  };
  expect(await status('rebound.evil.example')).toBe(403);
  expect(await status(new URL(cluster.url).host)).toBe(200);
  expect(await status('localhost')).toBe(200);
});

test(
  '[INV1] [INV2] a reload of nginx moves nobody, and a node that dies is replaced by the other',
  async () => {
    const gatherings = await gather(2, 20);
    const moves = () => gatherings.map(({ speaker }) => speaker.resumptions.length);
    const [nginx = 0, first = 0, second = 0] = cluster.timesReady;
    const verdicts = await speak(gatherings, async () => {
      const acked = gatherings.map(({ speaker }) => speaker.client.ackedSeq);
      cluster.reloadBalancer();
      const goOn = () =>
        gatherings.every(({ speaker }, at) => speaker.client.ackedSeq > (acked[at] ?? 0));
      await expect.poll(goOn, { timeout: LIMIT_MS }).toBe(true);
      expect(moves()).toEqual([0, 0]);
      process.kill(cluster.pidOf('node-1'), 'SIGKILL');
      await expect
        .poll(() => cluster.timesReady, { timeout: LIMIT_MS })
        .toEqual([nginx, first + 1, second]);
    });
    expectWhole(verdicts);
    expect(cluster.news.filter(({ event }) => event === 'died')).toMatchObject([
      { name: 'node-1', detail: 'SIGKILL' },
    ]);
  },
  LIMIT_MS,
);

test('SIGTERM ends it all, and leaves nothing behind', async () => {
  const pids = cluster.news.flatMap(({ pid }) => (pid === null ? [] : [pid]));
  expect(await cluster.close()).toBe(0);
  expect(pids.length).toBeGreaterThan(3);
  expect(await Promise.all(pids.map(isAlive))).toEqual(pids.map(() => false));
});
