/** Bounds of what is asked of one service outside; every one of them is attacked by a test. */
export interface OutsideLimits {
  /** Requests under way at the same time, those of partials among them. */
  readonly concurrency: number;
  /** Finals that wait for a place; more are refused, and the next engine is asked. */
  readonly maxWaiting: number;
  /** One try of a final. One that hangs is not tried again: the service has enough to do. */
  readonly timeoutMs: number;
  /** A final with all its tries, waiting included; then the next engine is asked. */
  readonly totalMs: number;
  /** A partial is old after this; it has one try and never waits for a place. */
  readonly partialTimeoutMs: number;
  /** Tries of a final, where another one may mend it. */
  readonly maxTries: number;
  /** Pauses between tries grow from the first to the second, with decorrelated jitter. */
  readonly minRetryMs: number;
  readonly maxRetryMs: number;
  /** Longest answer that is read. */
  readonly maxAnswerBytes: number;
  /** Of so many calls ... */
  readonly breakerCalls: number;
  /** ... more than this share fails, of so many at least: the service is left alone. */
  readonly breakerShare: number;
  readonly breakerMinCalls: number;
  /** It is tried again after a pause between these, longer each time. */
  readonly minRestMs: number;
  readonly maxRestMs: number;
  /** Longest pause that a service may ask for with Retry-After. */
  readonly maxPauseMs: number;
}

export const OUTSIDE_LIMITS: OutsideLimits = {
  concurrency: 8,
  maxWaiting: 64,
  timeoutMs: 4_000,
  totalMs: 6_000,
  partialTimeoutMs: 1_500,
  maxTries: 3,
  minRetryMs: 150,
  maxRetryMs: 1_500,
  maxAnswerBytes: 262_144,
  breakerCalls: 8,
  breakerShare: 0.5,
  breakerMinCalls: 3,
  minRestMs: 5_000,
  maxRestMs: 60_000,
  maxPauseMs: 300_000,
};
