import { expect, test } from 'vitest';
import { ScriptedRecognizer } from '../recognition/fake/scripted-recognizer.ts';
import { FakeTranslator } from '../translation/fake/fake-translator.ts';
import { measuredRecognizer, measuredTranslator } from './measured-engines.ts';
import { ServerMetrics } from './server-metrics.ts';

const newMetrics = () =>
  new ServerMetrics(() => {
    throw new Error('Expected events only.');
  });

async function value(metrics: ServerMetrics, name: string, labels: object): Promise<number> {
  const { values } = (await metrics.registry.getSingleMetric(`parlance_${name}`)?.get()) ?? {
    values: [],
  };
  const found = values.find((each) =>
    Object.entries(labels).every(([label, text]) => each.labels[label] === text),
  );
  return found?.value ?? 0;
}

const utterance = { samples: new Float32Array(160), language: 'en' };

test('what engines do is counted, timed and passed on', async () => {
  const metrics = newMetrics();
  const engine = new ScriptedRecognizer({ script: () => 'hello' });
  const recognizer = measuredRecognizer(engine, metrics);
  expect(recognizer).toMatchObject({ name: engine.name, capabilities: engine.capabilities });
  expect(await recognizer.recognize(utterance)).toMatchObject({ text: 'hello' });
  expect(await value(metrics, 'tasks_total', { task: 'recognition', outcome: 'done' })).toBe(1);
  expect(metrics.times.recognition.summary().count).toBe(1);
  await recognizer.close();
  await expect(recognizer.recognize(utterance)).rejects.toMatchObject({ code: 'shutting_down' });
  expect(await value(metrics, 'tasks_total', { task: 'recognition', outcome: 'failed' })).toBe(1);
  expect(metrics.times.recognition.summary().count).toBe(1);
});

test('a recogniser whose places change has as many as it has now', () => {
  const engine = new ScriptedRecognizer({ script: () => 'hello' });
  const places = { concurrency: 8 };
  const changing = {
    name: engine.name,
    recognize: engine.recognize.bind(engine),
    close: () => engine.close(),
    get capabilities() {
      return { ...engine.capabilities, ...places };
    },
  };
  const recognizer = measuredRecognizer(changing, newMetrics());
  places.concurrency = 2;
  expect(recognizer.capabilities.concurrency).toBe(2);
});

test('who is at work is told, until it is not', async () => {
  const metrics = newMetrics();
  let answer = (): void => undefined;
  const engine = new FakeTranslator({
    latency: () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  });
  const translator = measuredTranslator(engine, metrics);
  expect(translator.targets('en')).toEqual(engine.targets('en'));
  expect(translator.route('en', 'fr')).toEqual({ via: ['ca'] });
  const request = { text: 'one', from: 'en', to: 'es', kind: 'final' } as const;
  const translated = translator.translate(request);
  expect(await value(metrics, 'active_workers', { task: 'translation' })).toBe(1);
  answer();
  expect((await translated).text).toBe('[es] one');
  expect(await value(metrics, 'active_workers', { task: 'translation' })).toBe(0);
  await translator.close();
});

test('what its asker gave up is neither done nor failed', async () => {
  const metrics = newMetrics();
  const engine = new FakeTranslator({ failure: () => new Error('given up') });
  const translator = measuredTranslator(engine, metrics);
  const signal = AbortSignal.abort(new Error('given up'));
  const request = { text: 'one', from: 'en', to: 'es', kind: 'partial', signal } as const;
  await expect(translator.translate(request)).rejects.toThrow('given up');
  expect(metrics.totals.tasks.translation).toBe(0);
  expect(await value(metrics, 'active_workers', { task: 'translation' })).toBe(0);
  await translator.close();
});
