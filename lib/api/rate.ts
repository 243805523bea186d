/** A token bucket: full at first, and filled evenly. */
interface Bucket {
  tokens: number;
  /** Milliseconds, of any clock that only goes forward. */
  at: number;
}

export interface RateState {
  readonly limit: number;
  /** Requests that are left at once. */
  readonly remaining: number;
  /** Whole seconds until the bucket is full again. */
  readonly resetSeconds: number;
  /** Whole seconds until the next request is answered; 0: now. */
  readonly waitSeconds: number;
}

/** Most callers that are remembered: those whose buckets are full are forgotten first. */
const MOST_CALLERS = 10_000;

/**
 * Requests a minute of each caller, in this process. A caller may send all of a minute's requests at once, and then as many as the minute
 * gives. @param perMinute 0: no limit.
 */
export class RateLimiter {
  readonly #buckets = new Map<string, Bucket>();

  /** Takes one request of a caller, where there is one left. `nowMs` is of a clock that only goes forward. */
  take(caller: string, perMinute: number, nowMs: number): RateState {
    const perMs = perMinute / 60_000;
    const bucket = this.#buckets.get(caller) ?? { tokens: perMinute, at: nowMs };
    bucket.tokens = Math.min(perMinute, bucket.tokens + Math.max(0, nowMs - bucket.at) * perMs);
    bucket.at = nowMs;
    const isLeft = bucket.tokens >= 1;
    if (isLeft) bucket.tokens -= 1;
    this.#buckets.delete(caller);
    this.#buckets.set(caller, bucket);
    if (this.#buckets.size > MOST_CALLERS) this.#forget(perMinute, perMs, nowMs);
    return {
      limit: perMinute,
      remaining: Math.floor(bucket.tokens),
      resetSeconds: Math.ceil((perMinute - bucket.tokens) / perMs / 1000),
      waitSeconds: isLeft ? 0 : Math.max(1, Math.ceil((1 - bucket.tokens) / perMs / 1000)),
    };
  }

  /** Forgets callers whose bucket is full by now, and then, if still too many, those who were not seen for the longest time. */
  #forget(perMinute: number, perMs: number, nowMs: number): void {
    for (const [caller, { tokens, at }] of this.#buckets)
      if (tokens + (nowMs - at) * perMs >= perMinute) this.#buckets.delete(caller);
    for (const caller of this.#buckets.keys()) {
      if (this.#buckets.size <= MOST_CALLERS) return;
      this.#buckets.delete(caller);
    }
  }
}

/** The headers that say how many requests a program has left: those of the IETF draft, and the plain ones that most clients read. */
export const rateHeaders = ({ limit, remaining, resetSeconds, waitSeconds }: RateState): Record<string, string> => ({
  "ratelimit-policy": `"default";q=${limit};w=60`,
  ratelimit: `"default";r=${remaining};t=${resetSeconds}`,
  "ratelimit-limit": String(limit),
  "ratelimit-remaining": String(remaining),
  "ratelimit-reset": String(resetSeconds),
  ...(waitSeconds > 0 ? { "retry-after": String(waitSeconds) } : {}),
});
