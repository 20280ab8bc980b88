import { workerData } from 'node:worker_threads';
import { serveThread } from '../../inference/serve-thread.ts';
import type { BatchMessage } from './silero-batch.ts';
import { SileroModel } from './silero-model.ts';

await serveThread(async () => {
  const model = await SileroModel.load(workerData.modelPath);
  return {
    async handle(message) {
      const reply = await model.judge(message as BatchMessage);
      return { reply, transfer: [reply.probabilities.buffer, reply.states.buffer] };
    },
    release: () => model.release(),
  };
});
