import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, test } from 'vitest';
import { readSettings, type Settings } from '../config/settings.ts';
import { requireMoonshine } from './spoken-utterances.contract.ts';
import { startRecognizer } from './start-recognizer.ts';
import { MAX_WAITING_UTTERANCES } from './threaded-recognizer.ts';

const WORKERS = 2;
/** Node tells of each thread that it makes here. */
const CHANNEL = 'worker_threads';

test('[INV4] AUDIO_CONVERTER_WORKERS threads read, and no more, however many utterances come', async () => {
  await requireMoonshine();
  let threads = 0;
  const count = () => {
    threads += 1;
  };
  subscribe(CHANNEL, count);
  const settings: Settings = {
    ...readSettings(),
    RECOGNIZER: ['moonshine'],
    AUDIO_CONVERTER_WORKERS: WORKERS,
  };
  const { recognizer } = await startRecognizer({ settings });
  try {
    expect(recognizer.capabilities.concurrency).toBe(WORKERS);
    const utterance = { samples: new Float32Array(1_600), language: 'en' };
    const flood = Array.from({ length: WORKERS + MAX_WAITING_UTTERANCES + 10 }, () =>
      recognizer.recognize(utterance).then(
        () => 'read',
        (error: { code: string }) => error.code,
      ),
    );
    const ends = await Promise.all(flood);
    expect(ends.filter((end) => end === 'read')).toHaveLength(WORKERS + MAX_WAITING_UTTERANCES);
    expect(ends.filter((end) => end === 'server_busy')).toHaveLength(10);
    expect(threads).toBe(WORKERS);
  } finally {
    unsubscribe(CHANNEL, count);
    await recognizer.close();
  }
});
