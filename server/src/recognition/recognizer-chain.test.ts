import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { SAMPLE_RATE } from '../../../shared/limits.ts';
import { ScriptedRecognizer, spokenAtPace } from './fake/scripted-recognizer.ts';
import { describeRecognizerContract } from './recognizer.contract.ts';
import type { Recognizer, RecognizerCapabilities } from './recognizer.ts';
import { RecognizerChain } from './recognizer-chain.ts';
import { SPEAKERS_PER_THREAD, speakersOf } from './speakers.ts';

const REFERENCES = ['one two three four five', 'six seven eight nine ten eleven'];
const LEVEL = 0.125;

function speaking(): ScriptedRecognizer {
  return new ScriptedRecognizer({
    script: ({ samples }, durationMs) => {
      const reference = REFERENCES[(samples[0] ?? 0) / LEVEL - 1];
      return reference === undefined
        ? ''
        : spokenAtPace(reference)({ samples, language: 'en' }, durationMs);
    },
  });
}

describeRecognizerContract(
  'a chain',
  async () => new RecognizerChain([named('first', { fail: true }).recognizer, speaking()]),
  async () => ({
    utterances: REFERENCES.map((reference, index) => ({
      reference,
      samples: new Float32Array(3 * SAMPLE_RATE).fill((index + 1) * LEVEL),
    })),
    maxWordErrorRate: 0,
  }),
);

interface Named {
  readonly recognizer: Recognizer;
  readonly kinds: string[];
}

/** Hears its own name, or fails. */
function named(
  name: string,
  { fail = false, ...capabilities }: Partial<RecognizerCapabilities> & { fail?: boolean } = {},
): Named {
  const kinds: string[] = [];
  const inner = new ScriptedRecognizer({
    script: () => {
      if (fail) throw new AppError('recognizer_failed', 'Scripted.');
      return name;
    },
    ...capabilities,
  });
  return {
    kinds,
    recognizer: {
      name,
      capabilities: {
        ...inner.capabilities,
        ...(capabilities.extraReadings === undefined
          ? {}
          : { extraReadings: capabilities.extraReadings }),
      },
      recognize: (request) => {
        kinds.push(request.kind ?? 'final');
        return inner.recognize(request);
      },
      close: () => inner.close(),
    },
  };
}

const request = { samples: new Float32Array(SAMPLE_RATE), language: 'en' } as const;

describe('RecognizerChain', () => {
  it('leaves to the next one what one can not read, and says who heard it', async () => {
    const far = named('far', { fail: true });
    const chain = new RecognizerChain([far.recognizer, named('near').recognizer]);
    expect(chain.name).toBe('far');
    await expect(chain.recognize(request)).resolves.toMatchObject({ text: 'near', engine: 'near' });
    expect(far.kinds).toEqual(['final']);
    await chain.close();
  });

  it('asks nobody else while the first one hears', async () => {
    const near = named('near');
    const chain = new RecognizerChain([named('far').recognizer, near.recognizer]);
    await expect(chain.recognize(request)).resolves.toMatchObject({ text: 'far', engine: 'far' });
    expect(near.kinds).toEqual([]);
    await chain.close();
  });

  it('gives the last error where all fail, and other errors at once', async () => {
    const both = [
      named('a', { fail: true }).recognizer,
      named('b', { fail: true }).recognizer,
    ] as const;
    await expect(new RecognizerChain(both).recognize(request)).rejects.toMatchObject({
      code: 'recognizer_failed',
    });
    const reason = new Error('no longer wanted');
    const chain = new RecognizerChain([named('a').recognizer, named('b').recognizer]);
    await expect(chain.recognize({ ...request, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });

  it('asks who knows the language', async () => {
    const chain = new RecognizerChain([
      named('far', { languages: ['en', 'es'] }).recognizer,
      named('near', { languages: ['en', 'fr'] }).recognizer,
    ]);
    expect(chain.capabilities.languages).toEqual(['en', 'es', 'fr']);
    await expect(chain.recognize({ ...request, language: 'fr' })).resolves.toMatchObject({
      engine: 'near',
    });
    await expect(chain.recognize({ ...request, language: 'de' })).rejects.toMatchObject({
      code: 'language_unsupported',
    });
  });

  it('reads partials only where they cost nothing', async () => {
    const far = named('far', { extraReadings: 'none', languages: ['en', 'es'] });
    const near = named('near');
    const chain = new RecognizerChain([far.recognizer, near.recognizer]);
    expect(chain.capabilities.extraReadings).toBe('partials');
    await expect(chain.recognize({ ...request, kind: 'partial' })).resolves.toMatchObject({
      engine: 'near',
    });
    expect(far.kinds).toEqual([]);
    // Nobody may: the final follows, and that is no failure of the session.
    await expect(
      chain.recognize({ ...request, language: 'es', kind: 'partial' }),
    ).rejects.toMatchObject({ code: 'recognizer_failed' });
    expect(new RecognizerChain([far.recognizer]).capabilities.extraReadings).toBe('none');
    expect(new RecognizerChain([near.recognizer]).capabilities.extraReadings).toBe('all');
  });

  it('has places for finals where they are read, and for partials where they are', async () => {
    const far = named('far', { extraReadings: 'none', concurrency: 8 });
    const state = { away: false };
    const service = Object.defineProperty(far.recognizer, 'away', { get: () => state.away });
    const near = named('near', { concurrency: 2 });
    const chain = new RecognizerChain([service, near.recognizer]);
    expect(chain.capabilities).toMatchObject({ concurrency: 8, partialsBeside: 2 });
    state.away = true;
    expect(chain.capabilities.concurrency).toBe(2);
    expect(chain.capabilities.partialsBeside).toBeUndefined();
    // With nobody else there all is as it was.
    const alone = new RecognizerChain([service]);
    expect(alone.capabilities.concurrency).toBe(8);
    const turned = new RecognizerChain([near.recognizer, service]);
    expect(turned.capabilities.concurrency).toBe(2);
    expect(turned.capabilities.partialsBeside).toBeUndefined();
  });

  it('keeps up with as many speakers as whoever reads alone does', () => {
    const service = (speakers: number) => {
      const { recognizer } = named('far', { concurrency: 8, extraReadings: 'none' });
      const capabilities = { ...recognizer.capabilities, speakers };
      return { ...recognizer, capabilities, away: false };
    };
    const near = named('near', { concurrency: 2 }).recognizer;
    expect(speakersOf(near)).toBe(2 * SPEAKERS_PER_THREAD);
    expect(speakersOf(new RecognizerChain([service(32), near]))).toBe(32);
    expect(speakersOf(new RecognizerChain([service(320), near]))).toBe(50);
    // Who is never away reads everything.
    expect(speakersOf(new RecognizerChain([near, service(32)]))).toBe(50);
  });

  it('[INV8] lets no partial wait where a final may come', async () => {
    const near = new ScriptedRecognizer({ script: () => 'near', concurrency: 2 });
    const release = near.hold();
    const chain = new RecognizerChain([near, named('next').recognizer]);
    const under = [chain.recognize(request), chain.recognize({ ...request, kind: 'partial' })];
    await expect(chain.recognize({ ...request, kind: 'partial' })).resolves.toMatchObject({
      engine: 'next',
    });
    const alone = new RecognizerChain([near]);
    const more = [alone.recognize(request), alone.recognize(request)];
    await expect(alone.recognize({ ...request, kind: 'partial' })).rejects.toMatchObject({
      code: 'server_busy',
    });
    release();
    await Promise.all([...under, ...more]);
    await expect(alone.recognize({ ...request, kind: 'partial' })).resolves.toMatchObject({
      text: 'near',
    });
  });

  it('reads utterances as long as all of them read well', () => {
    const chain = new RecognizerChain([
      named('far', { maxUtteranceMs: 30_000 }).recognizer,
      named('near', { maxUtteranceMs: 9_000 }).recognizer,
    ]);
    expect(chain.capabilities.maxUtteranceMs).toBe(9_000);
  });
});
