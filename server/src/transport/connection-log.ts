import type { Logger } from 'pino';
import type { AppError, ErrorCode } from '../../../shared/errors.ts';
import { outcomeOf } from '../http/error-status.ts';
import { faultFacts } from '../log/fault-facts.ts';
import { roomId } from '../log/room-id.ts';

/** What the log tells of one connection: lines name connection, session and room, never words (INV7). */
export class ConnectionLog {
  #log: Logger;

  constructor(log: Logger, connection: string) {
    this.#log = log.child({ connection });
  }

  /** A session is here; lines from now on name it. */
  sessionHere(room: string, session: string, epoch: number): void {
    this.#log = this.#log.child({ room: roomId(room), session });
    this.#log.info({ epoch }, epoch === 1 ? 'session started' : 'session taken up');
  }

  /** This node's part of a session is over: it was stopped (null), or why. */
  sessionOver(error: AppError | null): void {
    this.#log.info({ code: error?.code ?? null }, 'session over');
  }

  viewerHere(room: string, language: string): void {
    this.#log = this.#log.child({ room: roomId(room) });
    this.#log.debug({ language }, 'viewer joined');
  }

  viewerGone(): void {
    this.#log.debug('viewer left');
  }

  /** A request was answered with an error. What nobody foresaw is told with where it came from. */
  refused(code: ErrorCode, cause: unknown): void {
    if (code === 'internal') this.#log.error({ code, ...faultFacts(cause) }, 'request failed');
    else if (outcomeOf(code) === 'failed') this.#log.info({ code }, 'request failed');
    else this.#log.debug({ code }, 'request refused');
  }
}
