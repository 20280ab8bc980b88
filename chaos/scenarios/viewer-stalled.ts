import { randomBytes } from 'node:crypto';
import { createRedisTranscriptStore } from '../../server/src/store/redis/redis-transcript-store.ts';
import type { SessionKey, TranscriptStore } from '../../server/src/store/transcript-store.ts';
import type { FinalCaption } from '../../shared/captions.ts';
import { FRAME_MS } from '../../shared/limits.ts';
import { judgeSession } from '../judge/judge-session.ts';
import type { Scenario } from '../scenario.ts';
import { SPOKEN } from '../support/test-speaker.ts';
import { TestViewer } from '../support/test-viewer.ts';
import { waitFor } from '../support/wait-for.ts';

/** Longer than anybody speaks, so that the system's own buffers are full soon. */
const FINAL_CHARS = 20_000;
const FINAL_FRAMES = 100;
/** The system holds some megabytes for a peer that does not read; beyond that the node must act. */
const MAX_FINALS = 900;
const BATCH_FINALS = 20;
const CAUGHT_UP_LIMIT_MS = 30_000;
/** Above what a node grows by while it deals out so much, below what is sent. */
const MAX_GROWTH_MB = 150;
const SLOW = 'parlance_errors_total{code="slow_viewer"}';

/** A viewer whose connection is stuck while its room is loud; it comes back and misses nothing. */
export const viewerStalled: Scenario = {
  name: 'viewer-stalled',
  summary: 'a viewer stops reading in a loud room: it is sent away by name, and comes back for all',
  peaceful: true,
  async run(stage) {
    const [node] = stage.cluster.nodes;
    if (node === undefined) throw new Error('Expected a node.');
    const { signal } = stage;
    const proxy = await stage.proxy();
    proxy.prefer(node.upstream);
    const room = `chaos-${randomBytes(8).toString('hex')}`;
    const store = await createRedisTranscriptStore({
      redis: stage.cluster.redis.url,
      nodeId: randomBytes(8).toString('hex'),
    });
    const stuck = new TestViewer('stuck viewer', { url: proxy.url, room, language: SPOKEN });
    const other = new TestViewer('other viewer', { url: node.url, room, language: SPOKEN });
    try {
      const key = await openLoudSession(store, room);
      await Promise.all([stuck.start(), other.start()]);
      const slowBefore = (await node.metrics()).get(SLOW) ?? 0;
      const { rssMb: rssBefore } = await node.figures();
      proxy.stall();
      let finals = 0;
      let rssMost = rssBefore;
      const wasSentAway = async (): Promise<boolean> =>
        ((await node.metrics()).get(SLOW) ?? 0) > slowBefore;
      while (finals < MAX_FINALS && !(await wasSentAway())) {
        for (let count = 0; count < BATCH_FINALS; count += 1) {
          await store.storeFinal(key, loudFinal(key.session, finals), []);
          finals += 1;
        }
        rssMost = Math.max(rssMost, (await node.figures()).rssMb);
      }
      const seenByOther = (): boolean => other.has(key.session, finals);
      await waitFor('the other viewer to have all', CAUGHT_UP_LIMIT_MS, signal, seenByOther);
      const sentAway = await wasSentAway();
      proxy.resume();
      await waitFor('the stuck viewer to have all', CAUGHT_UP_LIMIT_MS, signal, () =>
        stuck.has(key.session, finals),
      );
      const frames = finals * FINAL_FRAMES;
      const spoken = { session: key.session, language: SPOKEN, frames, voice: [], gaps: [] };
      const { problems } = judgeSession(spoken, [stuck.log, other.log]);
      const growthMb = Math.round(rssMost - rssBefore);
      const codes = stuck.losses.map(({ code }) => code);
      return {
        sessions: [],
        facts: { finals, megabytes: Math.round((finals * FINAL_CHARS) / 1e6), growthMb },
        problems: [
          ...problems,
          ...(sentAway ? [] : ['[INV4] a viewer that reads nothing was never sent away']),
          ...(codes.includes('slow_viewer')
            ? []
            : [`sent away by ${codes.join(', ') || 'nobody'}`]),
          ...(growthMb > MAX_GROWTH_MB ? [`[INV4] the node grew by ${growthMb} MB`] : []),
        ],
      };
    } finally {
      stuck.close();
      other.close();
      await store.close();
    }
  },
};

async function openLoudSession(store: TranscriptStore, room: string): Promise<SessionKey> {
  await store.openRoom({ room, offers: [], ownerSecret: randomBytes(24).toString('base64url') });
  const { key } = await store.createSession({
    room,
    session: randomBytes(12).toString('base64url'),
    secret: randomBytes(24).toString('base64url'),
    instance: randomBytes(16).toString('hex'),
    language: SPOKEN,
    speakerName: '',
  });
  return key;
}

function loudFinal(session: string, segment: number): FinalCaption {
  const startSeq = segment * FINAL_FRAMES;
  const endSeq = startSeq + FINAL_FRAMES;
  return {
    session,
    segment,
    language: SPOKEN,
    sourceLanguage: SPOKEN,
    text: 'loud '.repeat(FINAL_CHARS / 5),
    startSeq,
    endSeq,
    startMs: startSeq * FRAME_MS,
    endMs: endSeq * FRAME_MS,
    storedAt: Date.now(),
    engine: 'none',
    quality: 'none',
  };
}
