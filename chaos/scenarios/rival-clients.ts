import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { socketWire } from '../../client/src/live/socket-wire.ts';
import type { Wire } from '../../client/src/live/wire.ts';
import { AppError } from '../../shared/errors.ts';
import {
  type SessionResumed,
  SPEAK_NAMESPACE,
  type SpeakClientEvents,
  type SpeakServerEvents,
} from '../../shared/protocol.ts';
import type { Scenario } from '../scenario.ts';
import type { Gathering } from '../support/gathering.ts';
import { waitFor } from '../support/wait-for.ts';

const RIVALS = 3;
const WIN_BACK_LIMIT_MS = 10_000;
const ANSWER_LIMIT_MS = 5_000;

/** Others try to take a session over: strangers with its secret, and a copy of its own client. */
export const rivalClients: Scenario = {
  name: 'rival-clients',
  summary: 'clients that resume the same session at once: one owner, the others are told',
  peaceful: true,
  async run(stage) {
    const { nodes } = stage.cluster;
    const instance = randomBytes(16).toString('hex');
    const proxy = await stage.proxy();
    const gathering = await stage.gather({
      speakerUrl: proxy.url,
      viewerUrls: nodes.map(({ url }) => url),
      instance,
    });
    const problems: string[] = [];
    let refused = 0;
    let taken = 0;
    const sessions = await stage.during([gathering], async () => {
      await delay(stage.moment(0.1, 0.3), undefined, { signal: stage.signal });
      // Strangers, all at once and on every node: the owner lives.
      const strangers = await Promise.all(
        Array.from({ length: RIVALS }, (_, index) =>
          tryToResume(nodes[index % nodes.length]?.url ?? '', gathering, `stranger-${index}-`),
        ),
      );
      for (const answer of strangers) {
        if (answer === 'session_taken') refused += 1;
        else problems.push(`Expected session_taken for a stranger, got ${answer}.`);
      }
      // The same instance, as a page that was doubled: it wins, and the first wins back.
      const copies = await Promise.all(
        nodes.map(({ url }) => tryToResume(url, gathering, '', instance)),
      );
      taken = copies.filter((answer) => answer === 'resumed').length;
      if (taken === 0) problems.push(`Expected a copy that wins, got ${copies.join(', ')}.`);
      await waitFor('the session back', WIN_BACK_LIMIT_MS, stage.signal, () =>
        gathering.speaker.resumptions.some(({ resumedAt }) => resumedAt !== null),
      );
    });
    return { sessions, facts: { refused, taken }, problems };
  },
};

/** Resumes over a connection of its own, which is closed again; the error's code, or `resumed`. */
async function tryToResume(
  url: string,
  { room, speaker }: Gathering,
  prefix: string,
  instance = prefix + randomBytes(16).toString('hex'),
): Promise<string> {
  const { started } = speaker.client;
  if (started === null) throw new Error('Expected a started session, got none.');
  const { session, secret } = started;
  const { wire, opened } = openWire(url);
  try {
    await opened;
    const request = { room, session, secret, instance, reads: [] };
    const answer: SessionResumed = await wire.request('session:resume', request, ANSWER_LIMIT_MS);
    return answer.epoch > 0 ? 'resumed' : 'no epoch';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  } finally {
    wire.close();
  }
}

function openWire(url: string): { wire: Wire<SpeakClientEvents>; opened: Promise<void> } {
  const open = socketWire<SpeakServerEvents, SpeakClientEvents>({
    url,
    namespace: SPEAK_NAMESPACE,
  });
  let settle: { resolve: () => void; reject: (error: unknown) => void } | null = null;
  const opened = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  const wire = open({
    open: () => settle?.resolve(),
    down: ({ code }) => settle?.reject(new Error(`Expected a connection, got ${code}.`)),
    events: {},
  });
  return { wire, opened };
}
