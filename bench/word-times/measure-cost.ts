import { readUtterance } from '../../server/src/recognition/moonshine/read-utterance.ts';
import { CrossAttention } from '../../server/src/recognition/moonshine/word-times/cross-attention.ts';
import { timeWords } from '../../server/src/recognition/moonshine/word-times/time-words.ts';
import { SAMPLE_RATE } from '../../shared/limits.ts';
import type { Engine, ReadClip } from './read-clips.ts';

/** CPU of reading whole utterances without and with word times, turn and turn about. */
export async function measureCost(
  { model, tokenizer }: Engine,
  clips: readonly ReadClip[],
  signal: AbortSignal,
) {
  let [plainMs, timedMs, alignMs, audioMs] = [0, 0, 0, 0];
  const readPlain = async ({ samples }: ReadClip) => {
    const before = process.cpuUsage();
    await readUtterance(model, samples, []);
    plainMs += cpuMsSince(before);
  };
  const readTimed = async ({ samples }: ReadClip) => {
    const before = process.cpuUsage();
    const attention = new CrossAttention();
    const { tokens } = await readUtterance(model, samples, [], attention);
    const aligned = process.cpuUsage();
    timeWords(tokenizer, samples, tokens, attention);
    alignMs += cpuMsSince(aligned);
    timedMs += cpuMsSince(before);
  };
  for (const [index, clip] of clips.entries()) {
    signal.throwIfAborted();
    // What comes second finds the samples in the cache: each comes second half of the time.
    const order = index % 2 === 0 ? [readPlain, readTimed] : [readTimed, readPlain];
    for (const read of order) await read(clip);
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
