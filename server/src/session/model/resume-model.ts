import {
  askToStop,
  type BrokenClient,
  capture,
  listen,
  loseLink,
  mirrored,
  reload,
  send,
} from './client-moves.ts';
import type { Model, Move } from './explore.ts';
import { advance, hear, nextCommand, openSession } from './node-moves.ts';
import {
  type Faults,
  type LinkView,
  type ResumeState,
  SPEECH,
  type ToClient,
} from './resume-state.ts';
import { type BrokenRules, NEW_RECORD, takeOver, write } from './session-rules.ts';

/** One rule left out, to show that the model notices. */
export interface BrokenProtocol extends BrokenRules, BrokenClient {
  /** R6: the client is told before the store has answered. */
  readonly acksBeforeStore?: boolean;
  /** R2: the epoch is part of a key that runs out, so that it may begin again. */
  readonly epochExpires?: boolean;
}

export interface ResumeModelOptions {
  readonly frames: number;
  /** Frames that are there from the beginning; the others are captured one by one. */
  readonly captured: number;
  readonly nodes: number;
  /** Links at a time: the present one, and former ones that nodes still believe in. */
  readonly maxLinks: number;
  readonly faults: Faults;
  readonly broken?: BrokenProtocol;
}

/** One session of a few frames over nodes that die, links that break and a page that is reloaded. */
export function resumeModel({
  frames,
  captured,
  nodes,
  maxLinks,
  faults,
  broken = {},
}: ResumeModelOptions): Model<ResumeState> {
  const initial: ResumeState = {
    client: {
      phase: 'connecting',
      incarnation: 0,
      sounds: new Array<number>(captured).fill(0),
      ...{ sentSeq: 0, highSeq: 0, receivedSeq: 0, ackedSeq: 0 },
      ...{ epoch: 1, highestEpoch: 1, link: null, isGreeted: false, isStopAsked: false },
      isTakenUp: true,
      awayTo: null,
    },
    mirror: { sounds: [], epoch: 1 },
    links: [],
    record: NEW_RECORD,
    stored: [],
    takeovers: 0,
    isIntruded: false,
    nodesUp: new Array<boolean>(nodes).fill(true),
    faultsLeft: faults,
  };
  return {
    initial,
    key: keyOfStates(),
    moves: (state) =>
      [
        ...clientMoves(state, frames, maxLinks, broken),
        ...state.links.flatMap((link) => linkMoves(state, link, broken)),
        ...faultMoves(state, frames),
      ].map((found) => ({ ...found, to: tidy(found.to) })),
    broken: (state) => brokenRule(state),
    isDone: ({ client, record }) => client.phase === 'ended' && record.ended,
  };
}

type Found = Move<ResumeState>;
const move = (label: string, to: ResumeState, isFault = false): Found => ({ label, isFault, to });

function clientMoves(
  state: ResumeState,
  frames: number,
  maxLinks: number,
  broken: BrokenProtocol,
): Found[] {
  const { client, links, nodesUp } = state;
  const found: Found[] = [];
  if (client.phase === 'ended') return found;
  const isSpeaking = client.phase === 'live' || client.phase === 'reconnecting';
  const hears = client.isTakenUp || broken.capturesTooSoon === true;
  if (isSpeaking && hears && client.sounds.length < frames) {
    const seq = client.sounds.length;
    found.push(move(`client captures frame ${seq}`, { ...state, client: capture(client) }));
  }
  if (isSpeaking && client.sounds.length >= frames) {
    found.push(move('client stops', { ...state, client: askToStop(client) }));
  }
  const now = mirrored(client);
  if (state.faultsLeft.reloads > 0 && now.sounds.length > state.mirror.sounds.length) {
    found.push(move('page writes its mirror', { ...state, mirror: now }));
  }
  if (client.link === null && links.length < maxLinks) {
    for (const [node, isUp] of nodesUp.entries()) {
      if (!isUp) continue;
      const id = links.length;
      const link: LinkView = {
        id,
        node,
        toNode: [{ kind: 'resume' }],
        toClient: [],
        session: null,
      };
      found.push(
        move(`client dials node ${node}`, {
          ...state,
          client: { ...client, link: id },
          links: [...links, link],
        }),
      );
    }
  }
  const present = links.find(({ id }) => id === client.link);
  if (present === undefined) return found;
  const sent = send(client);
  if (sent !== null) {
    const toNode = [...present.toNode, sent.message];
    const to = withLink({ ...state, client: sent.client }, { ...present, toNode });
    found.push(move(`client sends ${inWords(sent.message)}`, to));
  }
  const [first, ...rest] = present.toClient;
  if (first !== undefined) {
    const heard = listen(client, first, broken);
    const label = `client hears ${inWords(first)}`;
    const read = withLink(state, { ...present, toClient: rest });
    found.push(move(label, { ...read, client: heard ?? loseLink(client) }));
  } else if (state.nodesUp[present.node] === false) {
    found.push(move('client finds its link dead', { ...state, client: loseLink(client) }));
  }
  return found;
}

function linkMoves(state: ResumeState, link: LinkView, broken: BrokenProtocol): Found[] {
  if (state.nodesUp[link.node] === false) {
    // A dead node's link lives on only in what is still on its way to the client.
    return state.client.link === link.id ? [] : [move('its link is gone', without(state, link))];
  }
  const found: Found[] = [];
  const who = nameOf(link);
  const [first, ...rest] = link.toNode;
  const { session, toClient } = link;
  if (first?.kind === 'resume') {
    for (const epoch of broken.epochExpires === true
      ? [0, state.record.epoch]
      : [state.record.epoch]) {
      const { record, refusal } = takeOver({ ...state.record, epoch });
      const takeovers = state.takeovers + 1;
      const [opened, answer] = openSession(record, takeovers);
      const over: ToClient = { kind: refusal === 'session_ended' ? 'stopped' : 'fenced' };
      found.push(
        move(
          `${who} takes the session over: ${refusal ?? `epoch ${record.epoch}`}`,
          withLink(
            {
              ...state,
              record: refusal === null ? record : state.record,
              takeovers: refusal === null ? takeovers : state.takeovers,
            },
            {
              ...link,
              toNode: rest,
              session: refusal === null ? opened : null,
              toClient: [...toClient, refusal === null ? answer : over],
            },
          ),
        ),
      );
    }
  } else if (first !== undefined) {
    const [after, answer] = session === null ? [null, null] : hear(session, first);
    found.push(
      move(
        `${who} hears ${inWords(first)}`,
        withLink(state, {
          ...link,
          toNode: rest,
          session: after,
          toClient: answer === null ? toClient : said(toClient, answer),
        }),
      ),
    );
  }
  if (session !== null) found.push(...sessionMoves(state, link, broken));
  if (state.client.link !== link.id) {
    found.push(move(`${who} notices that its client is gone`, without(state, link)));
  }
  return found;
}

/** What a session does by itself: R6, one write after the other, each told once it is answered. */
function sessionMoves(state: ResumeState, link: LinkView, broken: BrokenProtocol): Found[] {
  const { session, toClient } = link;
  if (session === null) return [];
  const who = nameOf(link);
  const command = nextCommand(session);
  if (command === null) return [];
  const { record, refusal } = write(state.record, command, broken);
  const label = `${who} writes ${inWords(command)}: ${refusal ?? 'stored'}`;
  if (refusal !== null) {
    const to = withLink(state, {
      ...link,
      session: null,
      toClient: [...toClient, { kind: 'fenced' }],
    });
    return [move(label, to)];
  }
  const hasWritten = record !== state.record;
  const written: ResumeState = {
    ...state,
    record,
    stored:
      record.finals.length > state.stored.length && command.kind === 'final'
        ? [...state.stored, session.heard.slice(command.final.startSeq, command.final.endSeq)]
        : state.stored,
    isIntruded: state.isIntruded || (hasWritten && session.takeover !== state.takeovers),
  };
  const { session: after, told } = advance(session, command);
  const isEnd = command.kind === 'end';
  const found: Found[] = [
    move(
      label,
      withLink(written, {
        ...link,
        session: isEnd ? null : after,
        toClient: [...toClient, told],
      }),
    ),
  ];
  const { faultsLeft } = state;
  if (faultsLeft.lostAnswers > 0 && hasWritten) {
    const fewer = { ...faultsLeft, lostAnswers: faultsLeft.lostAnswers - 1 };
    found.push(move(`${label}, but the answer is lost`, { ...written, faultsLeft: fewer }, true));
  }
  if (broken.acksBeforeStore === true && !isEnd) {
    const to = withLink(state, { ...link, toClient: [...toClient, told] });
    found.push(move(`${who} acknowledges ${inWords(command)} before it is stored`, to));
  }
  return found;
}

function faultMoves(state: ResumeState, frames: number): Found[] {
  const { client, faultsLeft, links, mirror, nodesUp } = state;
  const found: Found[] = [];
  if (client.phase === 'ended') return found;
  if (faultsLeft.crashes > 0 && nodesUp.filter(Boolean).length > 1) {
    for (const [node, isUp] of nodesUp.entries()) {
      if (!isUp || !links.some((link) => link.node === node)) continue;
      for (const isTold of [true, false]) {
        const dead = links.map((link) => {
          if (link.node !== node) return link;
          return { ...link, toNode: [], session: null, toClient: isTold ? link.toClient : [] };
        });
        const to: ResumeState = {
          ...state,
          links: dead,
          nodesUp: nodesUp.map((up, index) => up && index !== node),
          faultsLeft: { ...faultsLeft, crashes: faultsLeft.crashes - 1 },
        };
        const last = isTold ? '' : ', and with it what it had said last';
        found.push(move(`node ${node} dies${last}`, to, true));
      }
    }
  }
  if (faultsLeft.cuts > 0 && client.link !== null) {
    const to = {
      ...state,
      client: loseLink(client),
      faultsLeft: { ...faultsLeft, cuts: faultsLeft.cuts - 1 },
    };
    found.push(move('the link breaks for the client', to, true));
  }
  if (faultsLeft.reloads > 0 && client.phase !== 'stopping' && client.sounds.length < frames) {
    const fewer = { ...faultsLeft, reloads: faultsLeft.reloads - 1 };
    for (const awayTo of [client.sounds.length + 1, null]) {
      const again = reload(client, mirror, awayTo);
      const label = `page is reloaded${awayTo === null ? ', and the clock goes back' : ''}`;
      found.push(move(label, { ...state, client: again, faultsLeft: fewer }, true));
    }
  }
  return found;
}

/** The rules, looked at in every state; the first that does not hold. */
function brokenRule({ client, record, stored, isIntruded }: ResumeState): string | null {
  if (isIntruded) return '[INV2] R3: a node that was taken over from has stored something';
  const covered = new Map<number, number | null>();
  let last = 0;
  for (const [index, { startSeq, endSeq, segment }] of record.finals.entries()) {
    if (segment !== index) return `[INV3] R4: segment ${segment} is stored as number ${index}`;
    if (startSeq < last) return `[INV2] R4: frame ${startSeq} lies in two finals`;
    last = endSeq;
    for (let seq = startSeq; seq < endSeq; seq += 1) {
      covered.set(seq, stored[index]?.[seq - startSeq] ?? null);
    }
  }
  for (const { startSeq, endSeq } of record.gaps) {
    for (let seq = startSeq; seq < endSeq; seq += 1) covered.set(seq, null);
  }
  const isEnded = client.phase === 'ended';
  const upTo = isEnded ? client.sounds.length : Math.min(client.ackedSeq, client.sounds.length);
  for (let seq = 0; seq < upTo; seq += 1) {
    const sound = client.sounds[seq] ?? null;
    // What this page never captured, or what was silence, it cannot lose.
    if (sound === null || (SPEECH[seq] ?? '.') === '.') continue;
    if (covered.get(seq) !== sound) {
      return `[INV1] R6: the client may forget frame ${seq}, and it is in no stored final`;
    }
  }
  return null;
}

/** Received acks are cumulative: one that waits gives way to the next. */
function said(before: readonly ToClient[], next: ToClient): readonly ToClient[] {
  const last = before.at(-1);
  const isNewer = last?.kind === 'received' && next.kind === 'received';
  return [...(isNewer && last.epoch === next.epoch ? before.slice(0, -1) : before), next];
}

/** What makes no difference any more is left out: fewer states, and none of them less. */
function tidy(state: ResumeState): ResumeState {
  const { client } = state;
  const links = state.links.flatMap((link): LinkView[] => {
    if (link.id === client.link) return [link];
    // Nobody hears what a former link says; without a session, nobody listens to it either.
    const isOver = link.session === null && link.toNode[0]?.kind !== 'resume';
    return isOver ? [] : [link.toClient.length === 0 ? link : { ...link, toClient: [] }];
  });
  const present = links.findIndex(({ id }) => id === client.link);
  return {
    ...state,
    client: client.link === null || client.link === present ? client : { ...client, link: present },
    links: links.map((link, id) => (link.id === id ? link : { ...link, id })),
  };
}

/** Parts of states by their content: most states share most of them with others. */
function keyOfStates(): (state: ResumeState) => string {
  const numbers = new Map<string, number>();
  const known = new WeakMap<object, number>();
  const numberOf = (part: object): number => {
    let number = known.get(part);
    if (number === undefined) {
      const text = JSON.stringify(part);
      number = numbers.get(text) ?? numbers.size;
      numbers.set(text, number);
      known.set(part, number);
    }
    return number;
  };
  return ({
    client,
    mirror,
    links,
    record,
    stored,
    takeovers,
    isIntruded,
    nodesUp,
    faultsLeft,
  }) => {
    const parts = [client, mirror, ...links, record, stored, nodesUp, faultsLeft].map(numberOf);
    return `${parts.join()} ${takeovers} ${isIntruded}`;
  };
}

const nameOf = ({ node, session }: LinkView): string =>
  session === null ? `node ${node}` : `node ${node} (epoch ${session.epoch})`;

function withLink(state: ResumeState, link: LinkView): ResumeState {
  return { ...state, links: state.links.map((each) => (each.id === link.id ? link : each)) };
}

function without(state: ResumeState, link: LinkView): ResumeState {
  return { ...state, links: state.links.filter(({ id }) => id !== link.id) };
}

/** A message or a command in a few characters. */
function inWords({ kind, ...rest }: { readonly kind: string }): string {
  const parts = Object.entries(rest).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return parts.length === 0 ? kind : `${kind} (${parts.join(', ')})`;
}
