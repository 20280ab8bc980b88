/** What went wrong with a service outside. */
export type OutsideFault =
  /** No answer in time. */
  | 'timeout'
  /** No answer in the short time that a partial has: that alone is no fault of the service. */
  | 'late'
  /** No connection, or it broke. */
  | 'unreachable'
  /** 429: too much is asked of it. */
  | 'overloaded'
  /** 502, 503, 504: not just now. */
  | 'unavailable'
  /** Any other 5xx. */
  | 'broken'
  /** It will not serve us at all: a wrong key or address, no money left, a redirect. */
  | 'denied'
  /** It will not take this text: any other 4xx. */
  | 'rejected'
  /** Not what was agreed: no JSON, another shape, too long. */
  | 'bad_answer'
  /** Well-formed, but no translation of the text. */
  | 'unusable'
  /** Not asked, since it failed too often or asked for a pause. */
  | 'resting'
  /** Not asked, since too many wait. */
  | 'crowded';

/** Faults that another try may mend. */
const RETRYABLE: ReadonlySet<OutsideFault> = new Set(['unreachable', 'overloaded', 'unavailable']);
/** Faults of the service and not of one text or of the load: enough of them, and it is left alone. */
const OF_THE_SERVICE: ReadonlySet<OutsideFault> = new Set([
  'timeout',
  'unreachable',
  'unavailable',
  'broken',
  'denied',
  'bad_answer',
]);

export interface OutsideErrorDetails {
  readonly status?: number;
  /** What the service asked for with Retry-After. */
  readonly retryAfterMs?: number | undefined;
  /** The parameter that an OpenAI-compatible service does not take. */
  readonly parameter?: string | undefined;
}

/** Never carries what was sent or answered: both hold what somebody said (INV7). */
export class OutsideError extends Error {
  override readonly name = 'OutsideError';
  readonly fault: OutsideFault;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly parameter: string | undefined;

  constructor(fault: OutsideFault, message: string, details: OutsideErrorDetails = {}) {
    super(message);
    this.fault = fault;
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
    this.parameter = details.parameter;
  }

  get retryable(): boolean {
    return RETRYABLE.has(this.fault);
  }

  get ofTheService(): boolean {
    return OF_THE_SERVICE.has(this.fault);
  }
}

export function faultOfStatus(status: number): OutsideFault {
  if (status === 429) return 'overloaded';
  if (status === 502 || status === 503 || status === 504) return 'unavailable';
  if (status >= 500) return 'broken';
  if ([401, 402, 403, 404, 405].includes(status) || status < 400) return 'denied';
  return 'rejected';
}

const SECONDS = /^\d{1,6}$/;
const HTTP_DATE = /^[A-Z][a-z]{2}, /;

/** Reads Retry-After (RFC 9110, section 10.2.3): seconds, or a date; undefined for anything else. */
export function readRetryAfter(header: unknown, nowMs: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  if (SECONDS.test(header.trim())) return Number(header) * 1000;
  const date = HTTP_DATE.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
