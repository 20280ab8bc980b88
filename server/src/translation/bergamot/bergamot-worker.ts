import { workerData } from 'node:worker_threads';
import { serveThread } from '../../inference/serve-thread.ts';
import { MarianInstance } from './marian-instance.ts';
import type { MarianParts } from './marian-module.ts';
import { readModel } from './read-model.ts';
import type { BergamotMessage, BergamotReply } from './worker-messages.ts';

/** Tells those who look at exit codes that Marian gave up. */
const MARIAN_ABORTED = 70;

await serveThread(async () => {
  const marian = await MarianInstance.start(workerData as MarianParts);

  const handle = async (message: BergamotMessage): Promise<BergamotReply> => {
    switch (message.kind) {
      case 'load': {
        const bytes = await readModel(message.model);
        return orEnd(() => {
          for (const key of message.unload) marian.unload(key);
          marian.load(message.key, bytes);
          return [];
        });
      }
      case 'translate':
        return orEnd(() => {
          let texts = message.sentences;
          for (const key of message.keys) texts = marian.translate(key, texts);
          return texts;
        });
    }
  };

  /** What throws inside Marian leaves its memory in pieces: the thread ends and is replaced. */
  const orEnd = (act: () => readonly string[]): BergamotReply => {
    try {
      return { translations: act(), memoryBytes: marian.memoryBytes };
    } catch {
      process.exit(MARIAN_ABORTED);
    }
  };

  return {
    async handle(message) {
      return { reply: await handle(message as BergamotMessage) };
    },
    release: async () => {},
  };
});
