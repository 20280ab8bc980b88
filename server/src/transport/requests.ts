import type { z } from 'zod';
import { AppError, type ErrorCode, toWireError, type WireError } from '../../../shared/errors.ts';
import type { Reply } from '../../../shared/protocol.ts';
import { outcomeOf } from '../http/error-status.ts';
import type { ServerMetrics } from '../metrics/server-metrics.ts';
import type { ConnectionLog } from './connection-log.ts';

/** Messages that a client may get wrong, and secrets that it may guess, before it is cut (INV4). */
export const MAX_INVALID_MESSAGES = 20;

/** Problems of one message that are told. */
const MAX_TOLD_PROBLEMS = 3;
/** A name that a field may have; what else stands in its place may be anything, and is not repeated. */
const FIELD_NAME = /^[A-Za-z][\w-]{0,15}$/;

/** Reads one message by its schema; throws `invalid_message` naming the field, never its value. */
export function parseMessage<T>(schema: z.ZodType<T>, message: unknown): T {
  const parsed = schema.safeParse(message);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, MAX_TOLD_PROBLEMS).map(problemOf);
  throw new AppError('invalid_message', `Expected a valid message, got ${problems.join('; ')}.`);
}

function problemOf(issue: z.core.$ZodIssue): string {
  const place = issue.path.map(fieldName).join('.') || 'message';
  if (issue.code !== 'unrecognized_keys') return `${place}: ${issue.message}`;
  const unknown = issue.keys.slice(0, MAX_TOLD_PROBLEMS).map(fieldName);
  return `${place}: no such field: ${unknown.join(', ')}`;
}

function fieldName(name: PropertyKey): string {
  return typeof name === 'number' || FIELD_NAME.test(String(name))
    ? String(name)
    : '(another name)';
}

export interface RequestObserver {
  /** Called for every request that is granted. */
  succeeded?(): void;
  /** Called for every error that a client is told. */
  failed(error: WireError, cause: unknown): void;
}

/**
 * Makes a handler for a request with an answer: parses, works, and answers exactly once, with the
 * error in its wire form where something is thrown.
 */
export function answering<Request, Answer extends object>(
  schema: z.ZodType<Request>,
  observer: RequestObserver,
  work: (request: Request) => Promise<Answer>,
): (message: unknown, respond: unknown) => void {
  return (message, respond) => {
    const reply = (answer: Reply<Answer>): void => {
      if (typeof respond === 'function') respond(answer);
    };
    const run = async (): Promise<Answer> => {
      const request = parseMessage(schema, message);
      if (typeof respond !== 'function') {
        throw new AppError('invalid_message', 'Expected an acknowledgement callback, got none.');
      }
      return await work(request);
    };
    run().then(
      (answer) => {
        observer.succeeded?.();
        reply({ ok: true, ...answer });
      },
      (error: unknown) => {
        const wire = toWireError(error);
        observer.failed(wire, error);
        reply({ ok: false, error: wire });
      },
    );
  };
}

/** Counts what a client gets wrong on one connection. */
export class FaultCount {
  #faults = 0;

  /**
   * True once the connection is to be closed (INV4): there is too much of it, or no room for the
   * client here, whose place is then another one's.
   */
  note(code: ErrorCode): boolean {
    this.#faults += CLIENT_FAULTS.has(code) ? 1 : 0;
    return this.#faults > MAX_INVALID_MESSAGES || code === 'server_full';
  }
}

/** The same observer, whose requests are counted and whose refusals are logged. */
export function counted(
  metrics: ServerMetrics,
  log: Pick<ConnectionLog, 'refused'>,
  observer: RequestObserver,
): RequestObserver {
  return {
    succeeded: () => {
      metrics.answered('socket', 'ok');
      observer.succeeded?.();
    },
    failed: (error, cause) => {
      metrics.answered('socket', outcomeOf(error.code));
      log.refused(error.code, cause);
      observer.failed(error, cause);
    },
  };
}

/** Codes that a client causes by what it sends or guesses, as opposed to what happens to it. */
const CLIENT_FAULTS: ReadonlySet<ErrorCode> = new Set([
  'invalid_message',
  'audio_malformed',
  'audio_too_fast',
  'unauthorized',
  'forbidden',
  'not_room_owner',
  'session_not_found',
  'language_unsupported',
  'room_full',
]);
