import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError, type ErrorCode } from '../../../../shared/errors.ts';
import { entriesOf, final, finalsOf, speak } from '../../store/contract/cluster.contract.ts';
import { type PrivateRedis, startPrivateRedis } from '../../store/private-redis.ts';
import { createRedisTranscriptStore } from '../../store/redis/redis-transcript-store.ts';
import type { TranscriptStore } from '../../store/transcript-store.ts';
import {
  type Decision,
  NEW_RECORD,
  type SessionCommand,
  type SessionRecord,
  takeOver,
  write,
} from './session-rules.ts';

const LIMIT_MS = 60_000;
/** So many commands are under way at once: every order of them is tried. */
const AT_ONCE = 3;

let folder: string;
let redis: PrivateRedis;
let keyPrefix: string;
let nodes: readonly TranscriptStore[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-rules-'));
  redis = await startPrivateRedis({ dataFolder: folder });
  keyPrefix = `test-${randomBytes(6).toString('hex')}:`;
  nodes = await Promise.all(
    ['a', 'b', 'c'].map((nodeId) =>
      createRedisTranscriptStore({ redis: redis.options, nodeId, keyPrefix }),
    ),
  );
});

afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  await redis.close();
  await rm(folder, { recursive: true });
});

/** What a node does; numbers are relative to what it last knew of the session. */
interface Deed {
  readonly kind: 'take' | SessionCommand['kind'];
  readonly node: number;
  readonly segmentBy: number;
  readonly startBy: number;
  readonly frames: number;
}

const mostly = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );

const deed: fc.Arbitrary<Deed> = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('final' as const, 'silence' as const, 'gap' as const) },
    { weight: 2, arbitrary: fc.constant('take' as const) },
    { weight: 1, arbitrary: mostly<Deed['kind']>('final', 'end') },
  ),
  node: fc.nat({ max: 2 }),
  segmentBy: mostly(0, -1, 1),
  startBy: mostly(0, -2, 3),
  frames: fc.integer({ min: 1, max: 3 }),
});
const rounds = fc.array(fc.array(deed, { minLength: 1, maxLength: AT_ONCE }), {
  minLength: 1,
  maxLength: 12,
});

interface Knowledge {
  readonly epoch: number;
  readonly ackedSeq: number;
  readonly nextSegment: number;
}

function commandOf(
  { kind, segmentBy, startBy, frames }: Deed,
  known: Knowledge,
): SessionCommand | 'take' {
  const { epoch } = known;
  const startSeq = Math.max(0, known.ackedSeq + startBy);
  const endSeq = startSeq + frames;
  switch (kind) {
    case 'take':
      return 'take';
    case 'final': {
      const segment = Math.max(0, known.nextSegment + segmentBy);
      return { kind, epoch, final: { segment, startSeq, endSeq } };
    }
    case 'silence':
      return { kind, epoch, ackedSeq: endSeq };
    case 'gap':
      return { kind, epoch, gap: { startSeq, endSeq } };
    case 'end':
      return { kind, epoch };
  }
}

const decide = (record: SessionRecord, command: SessionCommand | 'take'): Decision =>
  command === 'take' ? takeOver(record) : write(record, command);

function* orders<T>(items: readonly T[]): Generator<T[]> {
  if (items.length === 0) yield [];
  for (const [at, item] of items.entries()) {
    for (const rest of orders(items.toSpliced(at, 1))) yield [item, ...rest];
  }
}

test(
  '[R2] [R3] [R4] [R7] the scripts in Redis decide as the rules of the model do, also when nodes ask at once',
  async () => {
    let refusals = 0;
    await fc.assert(
      fc.asyncProperty(rounds, async (played) => {
        const room = `room-${randomBytes(6).toString('hex')}`;
        const [first] = nodes;
        if (first === undefined) throw new Error('Expected nodes, got none.');
        const { key, request } = await speak(first, { room });
        const { session } = key;
        const known: Knowledge[] = nodes.map(() => ({ epoch: 1, ackedSeq: 0, nextSegment: 0 }));
        let record = NEW_RECORD;

        const ask = async (
          node: number,
          command: SessionCommand | 'take',
        ): Promise<ErrorCode | null> => {
          const store = nodes[node];
          if (store === undefined) throw new Error('Expected a node, got none.');
          try {
            if (command === 'take') {
              const { key: taken, ackedSeq, nextSegment } = await store.takeSession(request);
              known[node] = { epoch: taken.epoch, ackedSeq, nextSegment };
              return null;
            }
            const own = { room, session, epoch: command.epoch };
            if (command.kind === 'final') {
              const { segment, startSeq, endSeq } = command.final;
              await store.storeFinal(own, final(session, segment, { startSeq, endSeq }), []);
              known[node] = { epoch: own.epoch, ackedSeq: endSeq, nextSegment: segment + 1 };
            } else if (command.kind === 'silence') {
              await store.advanceAck(own, command.ackedSeq);
            } else if (command.kind === 'gap') {
              const { startSeq: fromSeq, endSeq: toSeq } = command.gap;
              await store.storeGap(own, { session, fromSeq, toSeq });
            } else {
              await store.endSession(own);
            }
            return null;
          } catch (error) {
            if (error instanceof AppError) return error.code;
            throw error;
          }
        };

        for (const round of played) {
          const commands = round.map((each) => ({
            node: each.node,
            command: commandOf(each, known[each.node] ?? { epoch: 1, ackedSeq: 0, nextSegment: 0 }),
          }));
          const answers = await Promise.all(
            commands.map(({ node, command }) => ask(node, command)),
          );
          refusals += answers.filter((answer) => answer !== null).length;
          const asked = commands.map(({ command }, at) => ({
            command,
            answer: answers[at] ?? null,
          }));
          // Some order of them must explain all answers, and what is to be read afterwards.
          const finals = (await finalsOf(first, room)).map(({ segment, startSeq, endSeq }) => ({
            ...{ segment, startSeq, endSeq },
          }));
          const gaps = (await entriesOf(first, room)).flatMap((entry) =>
            entry.type === 'gap' ? [{ startSeq: entry.gap.fromSeq, endSeq: entry.gap.toSeq }] : [],
          );
          const explained = [...orders(asked)].map((order) => {
            let after = record;
            for (const { command, answer } of order) {
              const decision = decide(after, command);
              if (decision.refusal !== answer) return null;
              after = decision.record;
            }
            const isRead =
              JSON.stringify(after.finals) === JSON.stringify(finals) &&
              JSON.stringify(after.gaps) === JSON.stringify(gaps);
            return isRead ? after : null;
          });
          const next = explained.find((after) => after !== null);
          expect(next, JSON.stringify({ record, asked, finals, gaps })).toBeDefined();
          record = next ?? record;
        }
        if (record.ended) return;
        const { key: last, ackedSeq, nextSegment } = await first.takeSession(request);
        expect({ epoch: last.epoch, ackedSeq, nextSegment }).toEqual({
          epoch: record.epoch + 1,
          ackedSeq: record.ackedSeq,
          nextSegment: record.nextSegment,
        });
      }),
      { numRuns: 150 },
    );
    // Otherwise nothing was ever in anybody's way.
    expect(refusals).toBeGreaterThan(50);
  },
  LIMIT_MS,
);
