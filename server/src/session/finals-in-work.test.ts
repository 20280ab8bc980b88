import { expect, test } from 'vitest';
import type { Turn } from '../scheduling/recognition-scheduler.ts';
import { FinalsInWork } from './finals-in-work.ts';

const request = { samples: new Float32Array(1), language: 'en' };

function scripted() {
  const finals = new FinalsInWork();
  const turn: Turn = {
    final: () => Promise.resolve({ text: '', tokens: [], meanLogProbability: 0 }),
    early: () => Promise.resolve(null),
    partial: () => Promise.resolve(null),
    follow: () => undefined,
    close: () => undefined,
  };
  let settled = false;
  const settle = async () => {
    await finals.settled();
    settled = true;
  };
  return { finals, turn: finals.counting(turn), settle, isSettled: () => settled };
}

test('nothing in work, nothing to wait for', async () => {
  const { finals } = scripted();
  await finals.settled();
});

test('a final is in work until it is stored, however early it was read', async () => {
  const { finals, turn, settle, isSettled } = scripted();
  await turn.final(request);
  await turn.final(request);
  const settling = settle();
  finals.stored();
  await Promise.resolve();
  expect(isSettled()).toBe(false);
  finals.stored();
  await settling;
  await turn.partial(() => null, 'first', 0);
  await finals.settled();
});

test('what comes after is not waited for', async () => {
  const { finals, turn, settle, isSettled } = scripted();
  await turn.final(request);
  const settling = settle();
  await turn.final(request);
  finals.stored();
  await settling;
  expect(isSettled()).toBe(true);
});
