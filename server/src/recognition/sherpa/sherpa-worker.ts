import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import sherpa from 'sherpa-onnx-node';
import { SAMPLE_RATE } from '../../../../shared/limits.ts';
import { serveThread } from '../../inference/serve-thread.ts';
import { MODEL_FILES } from '../moonshine/model-files.ts';
import { MIN_UTTERANCE_SAMPLES } from '../moonshine/utterance-limits.ts';
import type { Hypothesis } from '../recognizer.ts';
import type { UtteranceMessage } from '../threaded-recognizer.ts';
import type { SherpaWorkerData } from './sherpa-recognizer.ts';

/** U+2581 stands for a space; sherpa-onnx replaces it at the beginning of a token only. */
const SPACE_MARK = '▁';

await serveThread(async () => {
  const { modelFolder, tokens }: SherpaWorkerData = workerData;
  const recognizer = await sherpa.OfflineRecognizer.createAsync({
    modelConfig: {
      moonshine: {
        encoder: join(modelFolder, MODEL_FILES.encoder),
        mergedDecoder: join(modelFolder, MODEL_FILES.decoder),
      },
      tokens,
      numThreads: 1,
      provider: 'cpu',
      debug: 0,
    },
  });
  return {
    async handle(message) {
      const { samples } = message as UtteranceMessage;
      const reply: Hypothesis = { text: read(samples), tokens: [], meanLogProbability: null };
      return { reply };
    },
    // The recogniser goes with the thread: the addon frees it when it is collected.
    async release() {},
  };

  function read(samples: Float32Array): string {
    if (samples.length < MIN_UTTERANCE_SAMPLES) return '';
    const stream = recognizer.createStream();
    stream.acceptWaveform({ samples, sampleRate: SAMPLE_RATE });
    recognizer.decode(stream);
    return recognizer.getResult(stream).text.replaceAll(SPACE_MARK, ' ').trim();
  }
});
