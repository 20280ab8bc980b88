import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { APERTIUM_LIMITS, type ApertiumLimits } from './limits.ts';
import { ModeTranslator } from './mode-translator.ts';
import type { PipelineEvents, PipelineProcess } from './pipeline-process.ts';
import { PipelineSlots } from './pipeline-slots.ts';

const MODE = { name: 'eng-spa', from: ['en'], to: 'es', variant: '', stages: [] };
const LIMITS: ApertiumLimits = {
  ...APERTIUM_LIMITS,
  maxTextsInFlight: 2,
  maxWaitingTexts: 4,
  maxTries: 3,
  maxStartTries: 2,
  startTimeoutMs: 500,
  answerTimeoutMs: 100,
  brokenPauseMs: 1_000,
  idleCloseMs: 10_000,
};

/** A pipeline that answers what the test tells it to. */
class ScriptedPipeline implements PipelineProcess {
  readonly written: string[] = [];
  readonly events: PipelineEvents;
  stopped = false;
  #answered = 0;

  constructor(events: PipelineEvents) {
    this.events = events;
  }

  write(bytes: Buffer): void {
    this.written.push(bytes.toString('utf8').slice(0, -1));
  }

  stop(): Promise<void> {
    this.stopped = true;
    return Promise.resolve();
  }

  /** Answers the oldest text that has no answer yet, in capitals. */
  answer(): void {
    const raw = this.written[this.#answered++];
    if (raw === undefined) throw new Error('Expected a text to answer, got none');
    this.events.onAnswer(raw.toUpperCase());
  }

  /** Texts sent so far, without the probe. */
  get texts(): string[] {
    return this.written.slice(1).map((raw) => raw.replace(/\.\[\].*$/, ''));
  }
}

function setUp(limits: Partial<ApertiumLimits> = {}, slots = new PipelineSlots(2)) {
  const pipelines: ScriptedPipeline[] = [];
  let clockMs = 0;
  const translator = new ModeTranslator({
    mode: MODE,
    limits: { ...LIMITS, ...limits },
    slots,
    start: (_stages, events) => {
      const pipeline = new ScriptedPipeline(events);
      pipelines.push(pipeline);
      return pipeline;
    },
    now: () => clockMs,
  });
  const outcome = (text: string, kind: 'partial' | 'final' = 'final', signal?: AbortSignal) =>
    translator.translate(text, kind, signal).then(
      (answer) => answer,
      (error: { code?: string }) => error.code ?? error,
    );
  const newest = (): ScriptedPipeline => {
    const pipeline = pipelines.at(-1);
    if (pipeline === undefined) throw new Error('Expected a pipeline, got none');
    return pipeline;
  };
  return {
    translator,
    pipelines,
    outcome,
    newest,
    slots,
    passTime: (ms: number) => {
      clockMs += ms;
    },
  };
}

/** Lets promises that are settled take their course. */
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('ModeTranslator', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('rests when it is told to and nothing is in it, and starts again for the next text', async () => {
    const { translator, pipelines, outcome, newest } = setUp();
    translator.rest();
    const first = outcome('one');
    newest().answer();
    translator.rest();
    expect(newest().stopped).toBe(false);
    newest().answer();
    await expect(first).resolves.toBe('ONE');
    translator.rest();
    expect(newest().stopped).toBe(true);
    await settle();
    const second = outcome('two');
    expect(pipelines).toHaveLength(2);
    newest().answer();
    newest().answer();
    await expect(second).resolves.toBe('TWO');
    await translator.close();
  });

  it('starts a pipeline for the first text, waits until it answers, and keeps it', async () => {
    const { translator, pipelines, outcome, newest } = setUp();
    expect(pipelines).toHaveLength(0);
    const first = outcome('one');
    expect(newest().written).toEqual(['.[][#0#]']);
    newest().answer();
    expect(newest().texts).toEqual(['one']);
    newest().answer();
    await expect(first).resolves.toBe('ONE');
    const second = outcome('two');
    newest().answer();
    await expect(second).resolves.toBe('TWO');
    expect(pipelines).toHaveLength(1);
    await translator.close();
    expect(newest().stopped).toBe(true);
  });

  it('keeps a few texts under way and matches answers in order', async () => {
    const { translator, outcome, newest } = setUp();
    const answers = ['a', 'b', 'c'].map((text) => outcome(text));
    newest().answer();
    expect(newest().texts).toEqual(['a', 'b']);
    newest().answer();
    expect(newest().texts).toEqual(['a', 'b', 'c']);
    newest().answer();
    newest().answer();
    await expect(Promise.all(answers)).resolves.toEqual(['A', 'B', 'C']);
    await translator.close();
  });

  it('sends an aborted text no more, and drops the answer of one that was sent', async () => {
    const { translator, outcome, newest } = setUp({ maxTextsInFlight: 1 });
    const stop = new AbortController();
    const sent = outcome('sent', 'partial', stop.signal);
    newest().answer();
    const waiting = outcome('waiting', 'partial', stop.signal);
    const other = outcome('other', 'partial');
    stop.abort('late');
    await expect(Promise.all([sent, waiting])).resolves.toEqual(['late', 'late']);
    newest().answer();
    newest().answer();
    await expect(other).resolves.toBe('OTHER');
    expect(newest().texts).toEqual(['sent', 'other']);
    await translator.close();
  });

  it('replaces a pipeline that dies and sends its texts again, one at a time', async () => {
    const { translator, pipelines, outcome, newest } = setUp();
    const answers = ['a', 'b', 'c'].map((text) => outcome(text));
    newest().answer();
    newest().events.onEnd();
    expect(newest().stopped).toBe(true);
    await settle();
    expect(pipelines).toHaveLength(2);
    newest().answer();
    expect(newest().texts).toEqual(['a']);
    newest().answer();
    expect(newest().texts).toEqual(['a', 'b']);
    newest().answer();
    newest().answer();
    await expect(Promise.all(answers)).resolves.toEqual(['A', 'B', 'C']);
    await translator.close();
  });

  it('gives up on a text that kills every pipeline, and on no other', async () => {
    const { translator, pipelines, outcome, newest } = setUp();
    const outcomes = Promise.all(['good', 'deadly', 'later'].map((text) => outcome(text)));
    let settled = false;
    void outcomes.then(() => {
      settled = true;
    });
    while (!settled) {
      if (newest().texts.includes('deadly')) newest().events.onEnd();
      else newest().answer();
      await settle();
    }
    await expect(outcomes).resolves.toEqual(['GOOD', 'translator_failed', 'LATER']);
    const tries = pipelines.filter(({ texts }) => texts.includes('deadly'));
    expect(tries).toHaveLength(LIMITS.maxTries);
    await translator.close();
  });

  it('replaces a pipeline that answers nothing for too long', async () => {
    const { translator, pipelines, outcome, newest } = setUp();
    const answer = outcome('slow');
    newest().answer();
    await vi.advanceTimersByTimeAsync(LIMITS.answerTimeoutMs - 1);
    expect(pipelines).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(pipelines).toHaveLength(2);
    expect(pipelines[0]?.stopped).toBe(true);
    newest().answer();
    newest().answer();
    await expect(answer).resolves.toBe('SLOW');
    await translator.close();
  });

  it('counts the time from the last answer, not from the first text', async () => {
    const { translator, pipelines, outcome, newest } = setUp();
    const answers = ['a', 'b'].map((text) => outcome(text));
    newest().answer();
    await vi.advanceTimersByTimeAsync(LIMITS.answerTimeoutMs - 1);
    newest().answer();
    await vi.advanceTimersByTimeAsync(LIMITS.answerTimeoutMs - 1);
    newest().answer();
    await expect(Promise.all(answers)).resolves.toEqual(['A', 'B']);
    expect(pipelines).toHaveLength(1);
    await translator.close();
  });

  it.each([
    [
      'an answer to another text',
      (pipeline: ScriptedPipeline) => pipeline.events.onAnswer('X.[][#99#]'),
    ],
    ['an answer that was cut off', (pipeline: ScriptedPipeline) => pipeline.events.onAnswer('A')],
  ])('trusts a pipeline no more after %s', async (_, misbehave) => {
    const { translator, pipelines, outcome, newest } = setUp();
    const answer = outcome('a');
    newest().answer();
    misbehave(newest());
    await settle();
    expect(pipelines).toHaveLength(2);
    newest().answer();
    newest().answer();
    await expect(answer).resolves.toBe('A');
    await translator.close();
  });

  it('refuses texts for a while when the pipeline does not start, then tries again', async () => {
    const { translator, pipelines, outcome, newest, passTime } = setUp();
    const failed = outcome('a');
    for (let start = 0; start < LIMITS.maxStartTries; start += 1) {
      newest().events.onEnd();
      await settle();
    }
    await expect(failed).resolves.toBe('translator_failed');
    expect(pipelines).toHaveLength(LIMITS.maxStartTries);

    passTime(LIMITS.brokenPauseMs - 1);
    await expect(translator.translate('b', 'final')).rejects.toMatchObject({
      code: 'translator_failed',
      retryAfterMs: 1,
    });
    expect(pipelines).toHaveLength(LIMITS.maxStartTries);

    passTime(1);
    const answer = outcome('c');
    newest().answer();
    newest().answer();
    await expect(answer).resolves.toBe('C');
    await translator.close();
  });

  it('does not wait for ever for a pipeline to start', async () => {
    const { translator, pipelines, outcome } = setUp();
    const failed = outcome('a');
    await vi.advanceTimersByTimeAsync(LIMITS.startTimeoutMs * LIMITS.maxStartTries);
    await expect(failed).resolves.toBe('translator_failed');
    expect(pipelines.every(({ stopped }) => stopped)).toBe(true);
    await translator.close();
  });

  it('[INV4] refuses what waits beyond the limit by name', async () => {
    const { translator, outcome, newest } = setUp();
    const waiting = Array.from({ length: LIMITS.maxWaitingTexts }, (_, at) => outcome(`${at}`));
    await expect(outcome('one too many')).resolves.toBe('server_busy');
    newest().answer();
    for (let sent = 0; sent < waiting.length; sent += 1) newest().answer();
    await expect(Promise.all(waiting)).resolves.toEqual(['0', '1', '2', '3']);
    await translator.close();
  });

  it('closes an idle pipeline after its time and starts another when needed', async () => {
    const { translator, pipelines, outcome, newest, slots } = setUp();
    const first = outcome('a');
    newest().answer();
    newest().answer();
    await first;
    await vi.advanceTimersByTimeAsync(LIMITS.idleCloseMs);
    expect(newest().stopped).toBe(true);
    expect(slots.held).toBe(0);
    const second = outcome('b');
    expect(pipelines).toHaveLength(2);
    newest().answer();
    newest().answer();
    await expect(second).resolves.toBe('B');
    await translator.close();
  });

  it('gives way to another mode after what is under way, and comes back for the rest', async () => {
    const slots = new PipelineSlots(1);
    const one = setUp({}, slots);
    const two = setUp({}, slots);
    const ones = ['a', 'b', 'c'].map((text) => one.outcome(text));
    const twos = ['x', 'y'].map((text) => two.outcome(text));
    expect([one.pipelines.length, two.pipelines.length]).toEqual([1, 0]);
    one.newest().answer();
    one.newest().answer();
    one.newest().answer();
    expect(one.newest().texts).toEqual(['a', 'b']);
    await settle();
    expect([one.pipelines.length, two.pipelines.length]).toEqual([1, 1]);
    for (let answer = 0; answer < 3; answer += 1) two.newest().answer();
    await expect(Promise.all(twos)).resolves.toEqual(['X', 'Y']);
    await settle();
    expect([one.pipelines.length, two.pipelines.length]).toEqual([2, 1]);
    one.newest().answer();
    one.newest().answer();
    await expect(Promise.all(ones)).resolves.toEqual(['A', 'B', 'C']);
    await Promise.all([one.translator.close(), two.translator.close()]);
    expect([slots.held, slots.waiting]).toEqual([0, 0]);
  });

  it('starts nothing for texts that were aborted while it stood in line', async () => {
    const slots = new PipelineSlots(1);
    const one = setUp({}, slots);
    const two = setUp({}, slots);
    const kept = one.outcome('a');
    const stop = new AbortController();
    const gone = two.outcome('x', 'partial', stop.signal);
    stop.abort('late');
    await expect(gone).resolves.toBe('late');
    one.newest().answer();
    one.newest().answer();
    await expect(kept).resolves.toBe('A');
    await settle();
    expect(two.pipelines).toHaveLength(0);
    expect(slots.held).toBe(0);
    await Promise.all([one.translator.close(), two.translator.close()]);
  });

  it.each(['resting', 'lining up', 'starting', 'running', 'stopping'])(
    'closes while %s, twice, and refuses what waits and what comes',
    async (when) => {
      const slots = new PipelineSlots(1);
      const blocker = setUp({}, slots);
      if (when === 'lining up') void blocker.outcome('blocks');
      const { translator, pipelines, outcome, newest } = setUp({}, slots);
      const waiting = when === 'resting' ? [] : [outcome('a'), outcome('b'), outcome('c')];
      if (when === 'running' || when === 'stopping') newest().answer();
      if (when === 'stopping') newest().events.onEnd();
      await Promise.all([translator.close(), translator.close()]);
      expect(await Promise.all(waiting)).toEqual(waiting.map(() => 'shutting_down'));
      await expect(outcome('d')).resolves.toBe('shutting_down');
      expect(pipelines.every(({ stopped }) => stopped)).toBe(true);
      await blocker.translator.close();
      await settle();
      expect([slots.held, slots.waiting]).toEqual([0, 0]);
    },
  );
});
