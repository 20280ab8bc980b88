import type { AppError } from '../../../shared/errors.ts';
import { serverFull } from './server-full.ts';

/** Share of the places that newcomers may fill; the rest is for who resumes a running session. */
export const NEWCOMER_SHARE = 0.9;

/** Who asks to begin something: a newcomer, or a speaker whose session runs already. */
export type Arrival = 'newcomer' | 'resuming';

/**
 * WebSocket connections of a node (MAX_CONCURRENT_CONNECTIONS). All of the places may be filled;
 * but from 90 % on newcomers are told `server_full` when they begin something and lose their place,
 * so that the sessions of a node that died find room here.
 */
export class ConnectionLimit {
  readonly max: number;
  /** Connections up to which newcomers are taken. */
  readonly newcomersUpTo: number;
  #open = 0;

  constructor(max: number) {
    this.max = max;
    this.newcomersUpTo = Math.max(1, Math.floor(max * NEWCOMER_SHARE));
  }

  get open(): number {
    return this.#open;
  }

  /** Takes a place and returns how it is given back (idempotent); throws `server_full`. */
  take(): () => void {
    if (this.#open >= this.max) throw this.#full(this.max);
    this.#open += 1;
    let held = true;
    return () => {
      if (held) this.#open -= 1;
      held = false;
    };
  }

  /** True while newcomers are refused. */
  get isCrowded(): boolean {
    return this.#open > this.newcomersUpTo;
  }

  /** For somebody who is connected, and counted; throws `server_full`. */
  admit(who: Arrival): void {
    if (who === 'newcomer' && this.isCrowded) throw this.#full(this.newcomersUpTo);
  }

  #full(limit: number): AppError {
    return serverFull(`at most ${limit} connections to this node`, 'another one');
  }
}
