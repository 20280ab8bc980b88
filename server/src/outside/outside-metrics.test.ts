import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { TranslationCache } from '../translation/cache/cache-finals.ts';
import type { OutsideStatus } from './outside-calls.ts';
import { registerOutsideMetrics } from './outside-metrics.ts';

async function measured(status: OutsideStatus): Promise<readonly string[]> {
  const registry = new Registry();
  registerOutsideMetrics(registry, { cache: new TranslationCache(), status: () => [status] });
  return (await registry.metrics()).split('\n');
}

const STATUS: OutsideStatus = {
  name: 'openai',
  state: 'resting',
  running: 2,
  waiting: 3,
  outcomes: new Map([['broken', 4]]),
};

it('tells the state of an engine, what is under way, and how requests ended', async () => {
  expect(await measured(STATUS)).toEqual(
    expect.arrayContaining([
      'parlance_outside_state{engine="openai",state="up"} 0',
      'parlance_outside_state{engine="openai",state="probing"} 0',
      'parlance_outside_state{engine="openai",state="paused"} 0',
      'parlance_outside_state{engine="openai",state="resting"} 1',
      'parlance_outside_in_flight{engine="openai",phase="running"} 2',
      'parlance_outside_in_flight{engine="openai",phase="waiting"} 3',
      'parlance_outside_requests_total{engine="openai",outcome="broken"} 4',
    ]),
  );
});

it('has each family of metrics once, as OpenMetrics wants it', async () => {
  const types = (await measured(STATUS)).filter((line) => line.startsWith('# TYPE '));
  const families = types.map((line) => line.split(' ')[2]?.replace(/_total$/, ''));
  expect(new Set(families).size).toBe(families.length);
  expect(families.length).toBeGreaterThan(2);
});
