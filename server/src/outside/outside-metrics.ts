import { Counter, Gauge, type Registry } from 'prom-client';
import { SERVICE_STATES } from './outside-calls.ts';
import type { OutsideEngines } from './outside-engines.ts';

/** Adds what is known of engines outside; it is read when somebody asks, and names no text (INV7). */
export function registerOutsideMetrics(
  registry: Registry,
  { cache, status }: OutsideEngines,
): void {
  const registers = [registry];
  new Gauge({
    name: 'parlance_outside_state',
    help: 'How an outside engine fares: 1 for the state that it is in, 0 for the others',
    labelNames: ['engine', 'state'],
    registers,
    collect() {
      for (const { name, state } of status()) {
        for (const each of SERVICE_STATES) {
          this.set({ engine: name, state: each }, each === state ? 1 : 0);
        }
      }
    },
  });
  new Gauge({
    name: 'parlance_outside_in_flight',
    help: 'Requests to outside engines that are under way, or wait for a place',
    labelNames: ['engine', 'phase'],
    registers,
    collect() {
      for (const { name, running, waiting } of status()) {
        this.set({ engine: name, phase: 'running' }, running);
        this.set({ engine: name, phase: 'waiting' }, waiting);
      }
    },
  });
  new Counter({
    name: 'parlance_outside_requests_total',
    help: 'Requests to outside engines by how they ended; those tried again count each time',
    labelNames: ['engine', 'outcome'],
    registers,
    collect() {
      this.reset();
      for (const { name, outcomes } of status()) {
        for (const [outcome, count] of outcomes) this.inc({ engine: name, outcome }, count);
      }
    },
  });
  new Counter({
    name: 'parlance_translation_cache_total',
    help: 'Finals that were looked up before an outside engine was asked',
    labelNames: ['outcome'],
    registers,
    collect() {
      const { hits, misses } = cache.stats;
      this.reset();
      this.inc({ outcome: 'hit' }, hits);
      this.inc({ outcome: 'miss' }, misses);
    },
  });
}
