import type { Recognizer } from '../recognition/recognizer.ts';
import { delegatedTranslator } from '../translation/delegated-translator.ts';
import type { Translator } from '../translation/translator.ts';
import type { ServerMetrics, Task } from './server-metrics.ts';

/** The same recogniser, whose work is counted and timed. */
export function measuredRecognizer(recognizer: Recognizer, metrics: ServerMetrics): Recognizer {
  return {
    name: recognizer.name,
    get capabilities() {
      return recognizer.capabilities;
    },
    recognize: (request) =>
      measured('recognition', metrics, request.signal, () => recognizer.recognize(request)),
    close: () => recognizer.close(),
  };
}

/** The same translator, whose work is counted and timed. */
export function measuredTranslator(translator: Translator, metrics: ServerMetrics): Translator {
  return delegatedTranslator(translator, {
    translate: (request) =>
      measured('translation', metrics, request.signal, () => translator.translate(request)),
    close: () => translator.close(),
  });
}

/** What was given up by its asker is no failure, and no task that was done. */
async function measured<T>(
  task: Task,
  metrics: ServerMetrics,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const startedAt = performance.now();
  metrics.activeWorkers.inc({ task });
  try {
    const result = await work();
    metrics.taskDone(task, 'done', (performance.now() - startedAt) / 1000);
    return result;
  } catch (error) {
    if (signal?.aborted !== true) metrics.taskDone(task, 'failed', null);
    throw error;
  } finally {
    metrics.activeWorkers.dec({ task });
  }
}
