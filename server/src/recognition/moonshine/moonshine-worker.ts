import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import { serveThread } from '../../inference/serve-thread.ts';
import type { Hypothesis } from '../recognizer.ts';
import type { UtteranceMessage } from '../threaded-recognizer.ts';
import { MODEL_FILES } from './model-files.ts';
import { MoonshineModel } from './moonshine-model.ts';
import { readUtterance } from './read-utterance.ts';
import { Tokenizer } from './tokenizer.ts';
import { wordMargins } from './word-margins.ts';
import { CrossAttention } from './word-times/cross-attention.ts';
import { timeWords } from './word-times/time-words.ts';

await serveThread(async () => {
  const folder: string = workerData.modelFolder;
  const tokenizer = new Tokenizer(await readFile(join(folder, MODEL_FILES.tokenizer)));
  const model = await MoonshineModel.load(
    join(folder, MODEL_FILES.encoder),
    join(folder, MODEL_FILES.decoder),
  );
  return {
    async handle(message) {
      const { samples, draft, wordTimes } = message as UtteranceMessage;
      const attention = wordTimes ? new CrossAttention() : undefined;
      const { tokens, margins, meanLogProbability } = await readUtterance(
        model,
        samples,
        draft,
        attention,
      );
      const reply: Hypothesis = {
        text: tokenizer.decode(tokens),
        tokens,
        meanLogProbability,
        wordMargins: wordMargins(tokenizer, tokens, margins),
        ...(attention && { words: timeWords(tokenizer, samples, tokens, attention) }),
      };
      return { reply };
    },
    release: () => model.release(),
  };
});
