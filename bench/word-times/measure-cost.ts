import { readUtterance } from '../../server/src/recognition/moonshine/read-utterance.ts';
import { CrossAttention } from '../../server/src/recognition/moonshine/word-times/cross-attention.ts';
import { timeWords } from '../../server/src/recognition/moonshine/word-times/time-words.ts';
import { SAMPLE_RATE } from '../../shared/limits.ts';
import type { Engine, ReadClip } from './read-clips.ts';

/** Each is read so often either way; the cheapest time is the least disturbed one. */
const ROUNDS = 4;

/** CPU of reading whole utterances without and with word times, turn and turn about. */
export async function measureCost(
  { model, tokenizer }: Engine,
  clips: readonly ReadClip[],
  signal: AbortSignal,
) {
  const readPlain = async ({ samples }: ReadClip) => {
    const before = process.cpuUsage();
    await readUtterance(model, samples, []);
    return cpuMsSince(before);
  };
  const readTimed = async ({ samples }: ReadClip) => {
    const before = process.cpuUsage();
    const attention = new CrossAttention();
    const { tokens } = await readUtterance(model, samples, [], attention);
    const decoded = process.cpuUsage();
    timeWords(tokenizer, samples, tokens, attention);
    return { all: cpuMsSince(before), align: cpuMsSince(decoded) };
  };
  let [plainMs, timedMs, alignMs, audioMs] = [0, 0, 0, 0];
  for (const clip of clips) {
    signal.throwIfAborted();
    let [plain, timed, align] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0];
    for (let round = 0; round < ROUNDS; round += 1) {
      // What comes second may find more in the caches: each does half of the time.
      const plainFirst = round % 2 === 0;
      if (plainFirst) plain = Math.min(plain, await readPlain(clip));
      const cost = await readTimed(clip);
      if (cost.all < timed) [timed, align] = [cost.all, cost.align];
      if (!plainFirst) plain = Math.min(plain, await readPlain(clip));
    }
    plainMs += plain;
    timedMs += timed;
    alignMs += align;
    audioMs += (clip.samples.length * 1000) / SAMPLE_RATE;
  }
  const each = Math.max(1, clips.length);
  return {
    utterances: clips.length,
    meanSeconds: audioMs / each / 1000,
    plainMs: plainMs / each,
    timedMs: timedMs / each,
    /** Of `timedMs`, what finding the words took after the decoder was done. */
    alignMs: alignMs / each,
    addedShare: timedMs / Math.max(1, plainMs) - 1,
  };
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
