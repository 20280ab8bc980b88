import type { RequestHandler } from 'express';
import { AppError } from '../../../shared/errors.ts';
import { AddressLimit } from '../limits/address-limit.ts';
import { clientAddress, type TrustsProxy } from '../limits/client-address.ts';
import { serverFull } from '../limits/server-full.ts';

/** Requests end soon, unlike connections. */
const REQUESTS_RETRY_MS = 1_000;

export interface RequestLimitOptions {
  /** Requests that may be under way at the same time (MAX_CONCURRENT_REQUESTS). */
  readonly max: number;
  /** Those of them that one address may have. */
  readonly maxOfOneAddress: number;
  readonly trusts: TrustsProxy;
  /** How long one may take until its answer begins (REQUEST_TIMEOUT). */
  readonly timeoutMs: number;
}

/** Requests under way on this node: bounded in number and in time. */
export class RequestLimit {
  readonly max: number;
  readonly #addresses: AddressLimit;
  readonly #trusts: TrustsProxy;
  readonly #timeoutMs: number;
  #underWay = 0;

  constructor({ max, maxOfOneAddress, trusts, timeoutMs }: RequestLimitOptions) {
    this.max = max;
    this.#addresses = new AddressLimit({
      maxConnections: maxOfOneAddress,
      what: 'requests under way',
      retryAfterMs: REQUESTS_RETRY_MS,
    });
    this.#trusts = trusts;
    this.#timeoutMs = timeoutMs;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /**
   * Fails with `server_full` beyond the limit, with `rate_limited` beyond that of the address, and with
   * `request_timeout` once a request's time is over.
   */
  readonly handler: RequestHandler = (request, response, next) => {
    if (this.#underWay >= this.max) {
      next(serverFull(`at most ${this.max} requests under way`, 'another one', REQUESTS_RETRY_MS));
      return;
    }
    // Throws, which Express passes on.
    const leaveAddress = this.#addresses.take(clientAddress(request, this.#trusts));
    this.#underWay += 1;
    const timer = setTimeout(() => {
      // What began to be answered is bounded by the time that its socket may stand still.
      if (!response.headersSent) next(tooSlow(this.#timeoutMs));
    }, this.#timeoutMs);
    response.once('close', () => {
      clearTimeout(timer);
      leaveAddress();
      this.#underWay -= 1;
    });
    next();
  };
}

function tooSlow(timeoutMs: number): AppError {
  return new AppError(
    'request_timeout',
    `Expected an answer within ${timeoutMs / 1000} s, got none.`,
    { retryAfterMs: REQUESTS_RETRY_MS },
  );
}
