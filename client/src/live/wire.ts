import type { WireError } from '../../../shared/errors.ts';
import type { Reply, Respond } from '../../../shared/protocol.ts';

/** What travels on one connection, so that the clients can be tested without a network. */

/** How long the answer to a start, a resume or another short request may take. */
export const ANSWER_TIMEOUT_MS = 10_000;

/**
 * How long the answer to a start may take: on a server that many others come to at the same moment,
 * a slot and a decoder may each be waited for, and the server tells by itself when that is too long.
 */
export const START_TIMEOUT_MS = 30_000;

/** An event map whose members are handlers, as in shared/protocol.ts. */
export type WireMap<Events> = { [E in keyof Events]: (...args: never[]) => void };

/** Calls of `Out` that are answered: what is sent, and what comes back. */
type Answered<F> = F extends (body: infer Body, respond: Respond<infer Answer>) => void
  ? { body: Body; answer: Answer }
  : never;
export type RequestBody<Out, E extends keyof Out> = Answered<Out[E]>['body'];
export type RequestAnswer<Out, E extends keyof Out> = Answered<Out[E]>['answer'];
/** Calls of `Out` that are not answered. */
type Said<F> = F extends (body: infer Body) => void ? Body : never;

export interface Wire<Out> {
  /** Sends without an answer; does nothing unless the wire is open. */
  send<E extends keyof Out & string>(event: E, body: Said<Out[E]>): void;
  /**
   * Asks and waits. Rejects with the server's error, or with `server_unreachable` when the wire
   * goes down or `timeoutMs` passes first.
   */
  request<E extends keyof Out & string>(
    event: E,
    body: RequestBody<Out, E>,
    timeoutMs?: number,
  ): Promise<RequestAnswer<Out, E>>;
  /** Idempotent. No handler is called after it; what was asked rejects. */
  close(): void;
}

export interface WireHandlers<In> {
  /** The handshake was accepted. */
  open(): void;
  /** Refused, lost, or never there; at most once, and nothing follows. */
  down(error: WireError): void;
  /** Anything at all came from the server. */
  heard?(): void;
  events: { [E in keyof In]?: In[E] };
}

/** Opens one connection; the handlers are never called before it returns. */
export type OpenWire<In, Out> = (handlers: WireHandlers<In>) => Wire<Out>;

/** Whether something is an answer as the protocol has it. */
export function isReply<T>(value: unknown): value is Reply<T> {
  return typeof value === 'object' && value !== null && 'ok' in value;
}
