import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ScriptedTokenModel } from '../../testing/scripted-token-model.ts';
import { decodeGreedily } from './decode-greedily.ts';

const START = 1;
const END = 2;

/** A text of few different tokens, so that drafts agree here and there by chance. */
const anyText = fc.array(fc.integer({ min: 3, max: 6 }), { maxLength: 40 });

/** Says a text; after anything else than a beginning of it, whatever a checksum of that leads to. */
const saying = (text: readonly number[]) => (read: readonly number[]) => {
  const said = read.slice(1);
  if (said.every((token, at) => token === text[at])) return text[said.length] ?? END;
  const sum = said.reduce((hash, token) => (hash * 31 + token) % 10_007, 7);
  return 2 + (sum % 5);
};

/** Chooses every token by all that came before it. */
const rambling = (seed: number) => (read: readonly number[]) => {
  const sum = read.reduce((hash, token) => (Math.imul(hash, 31) + token) >>> 0, seed);
  return 2 + (((sum ^ (sum >>> 7)) >>> 0) % 5);
};

const logProbabilityOf = (token: number) => -token / 10;

const decode = async (
  next: (read: readonly number[]) => number,
  draft: readonly number[],
  maxTokens = 60,
) => {
  const model = new ScriptedTokenModel(next, logProbabilityOf);
  const decoded = await decodeGreedily(model, {
    startToken: START,
    endToken: END,
    maxTokens,
    draft,
  });
  return { ...decoded, calls: model.calls };
};

/** A draft as an earlier hypothesis is one: the text with some tokens changed, lost or added. */
const edit = (
  text: readonly number[],
  edits: readonly { at: number; kind: number; token: number }[],
) => {
  const draft = [...text];
  for (const { at, kind, token } of edits) {
    const place = at % (draft.length + 1);
    if (kind === 0) draft.splice(place, 1);
    else if (kind === 1) draft.splice(place, 1, token);
    else if (kind === 2) draft.splice(place, 0, token);
    else draft.splice(place);
  }
  return draft;
};
const anyEdits = fc.array(
  fc.record({
    at: fc.nat(50),
    kind: fc.integer({ min: 0, max: 3 }),
    token: fc.integer({ min: 3, max: 6 }),
  }),
  { maxLength: 4 },
);

test('any draft gives token for token what decoding without one gives, in no more calls', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(anyText.map(saying), fc.integer().map(rambling)),
      anyEdits,
      anyText,
      fc.integer({ min: 0, max: 50 }),
      async (next, edits, noise, maxTokens) => {
        const plain = await decode(next, [], maxTokens);
        for (const draft of [edit(plain.tokens, edits), noise]) {
          const drafted = await decode(next, draft, maxTokens);
          expect(drafted.tokens).toEqual(plain.tokens);
          expect(drafted.stop).toBe(plain.stop);
          expect(drafted.meanLogProbability).toBe(plain.meanLogProbability);
          expect(drafted.steps).toBeLessThanOrEqual(plain.steps);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('without a draft every call gives one token', async () => {
  const { tokens, stop, steps, calls } = await decode(saying([3, 4, 5]), []);
  expect({ tokens, stop, steps }).toEqual({ tokens: [3, 4, 5], stop: 'end', steps: 4 });
  expect(calls).toEqual([[START], [3], [4], [5]]);
});

test('a draft that holds is read in one call', async () => {
  const { tokens, steps, agreed } = await decode(saying([3, 4, 5, 6]), [3, 4, 5, 6]);
  expect({ tokens, steps, agreed }).toEqual({ tokens: [3, 4, 5, 6], steps: 1, agreed: 4 });
});

test('a long draft is read in pieces, so that little is read in vain', async () => {
  const text = Array.from({ length: 40 }, (_, at) => 3 + at);
  const { tokens, calls } = await decode(saying(text), text);
  expect(tokens).toEqual(text);
  // Each piece is read behind the token that the one before ended with.
  expect(calls.map(({ length }) => length)).toEqual([17, 17, 7]);
  const wrong = await decode(saying(text), [99, ...text.slice(1)]);
  expect(wrong.calls.map(({ length }) => length)).toEqual([17, 17, 17, 6]);
});

test('after a disagreement the rest of the draft is tried behind the chosen token', async () => {
  const replaced = await decode(saying([3, 4, 5, 6, 3]), [3, 6, 5, 6, 3]);
  expect(replaced.calls).toEqual([
    [START, 3, 6, 5, 6, 3],
    [4, 5, 6, 3],
  ]);
  const leftOut = await decode(saying([3, 5, 6]), [3, 4, 5, 6]);
  expect(leftOut.calls).toEqual([
    [START, 3, 4, 5, 6],
    [5, 6],
  ]);
  expect(leftOut.tokens).toEqual([3, 5, 6]);
});

test('[INV4] stops at the limit, also inside of a draft', async () => {
  const text = Array.from({ length: 10 }, (_, at) => 3 + at);
  expect(await decode(saying(text), [], 4)).toMatchObject({ stop: 'limit', tokens: [3, 4, 5, 6] });
  expect(await decode(saying(text), text, 4)).toMatchObject({
    stop: 'limit',
    tokens: [3, 4, 5, 6],
  });
  expect(await decode(saying(text), text, 10)).toMatchObject({ stop: 'end', tokens: text });
  expect(await decode(saying([3]), [], 0)).toMatchObject({ stop: 'limit', tokens: [] });
});

test('[INV4] stops in a loop long before the limit', async () => {
  const { stop, tokens, steps } = await decode((read) => (read.length % 2 === 0 ? 3 : 4), [], 500);
  expect(stop).toBe('loop');
  expect(tokens.length).toBe(12);
  expect(steps).toBe(12);
});

test('the mean counts the end, and of a loop only the first round', async () => {
  const plain = await decode(saying([3, 5]), []);
  expect(plain.meanLogProbability).toBeCloseTo(-(0.3 + 0.5 + 0.2) / 3);
  const loop = await decode((read) => (read.length === 1 ? 8 : 3), []);
  // One 8, one 3 that is new; the other threes are likely only because of it.
  expect(loop.meanLogProbability).toBeCloseTo(-(0.8 + 0.3) / 2);
  const nothing = await decode(() => END, []);
  expect(nothing.meanLogProbability).toBeCloseTo(-0.2);
});

test('a model that answers with no numbers has no mean', async () => {
  const model = new ScriptedTokenModel(saying([3]), () => Number.NaN);
  const decoded = await decodeGreedily(model, {
    startToken: START,
    endToken: END,
    maxTokens: 5,
    draft: [],
  });
  expect(decoded.meanLogProbability).toBeNull();
});
