import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RateLimiter, rateHeaders } from "./rate.ts";

describe("the limit of requests", () => {
  it("lets a minute's requests through at once, then as many as the minute gives", () => {
    const limiter = new RateLimiter();
    const at = (ms: number) => limiter.take("ada", 60, ms);
    const first = Array.from({ length: 61 }, () => at(0));
    expect(first.map((s) => s.waitSeconds)).toEqual([...Array(60).fill(0), 1]);
    expect(first.at(-2)).toMatchObject({ remaining: 0, resetSeconds: 60 });
    expect(at(999).waitSeconds).toBe(1);
    expect(at(1000).waitSeconds).toBe(0);
    expect(at(1001).waitSeconds).toBe(1);
    expect(at(120_000)).toMatchObject({ remaining: 59, waitSeconds: 0 });
    expect(limiter.take("bo", 60, 0)).toMatchObject({ remaining: 59, waitSeconds: 0 });
  });

  it("never answers more than the limit and what time gave, whatever the times", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 120 }),
        fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 300 }),
        (perMinute, steps) => {
          const limiter = new RateLimiter();
          let [now, answered] = [0, 0];
          for (const step of steps) {
            now += step;
            if (limiter.take("ada", perMinute, now).waitSeconds === 0) answered++;
          }
          expect(answered).toBeLessThanOrEqual(perMinute + (perMinute * now) / 60_000 + 1e-6);
        },
      ),
    );
  });

  it("asking again after the wait is answered", () => {
    const limiter = new RateLimiter();
    for (let i = 0; i < 7; i++) limiter.take("ada", 7, 0);
    const { waitSeconds } = limiter.take("ada", 7, 0);
    expect(limiter.take("ada", 7, waitSeconds * 1000).waitSeconds).toBe(0);
  });

  it("says so in headers", () => {
    expect(rateHeaders({ limit: 60, remaining: 0, resetSeconds: 42, waitSeconds: 2 })).toEqual({
      ...{ "ratelimit-policy": '"default";q=60;w=60', ratelimit: '"default";r=0;t=42', "retry-after": "2" },
      ...{ "ratelimit-limit": "60", "ratelimit-remaining": "0", "ratelimit-reset": "42" },
    });
  });
});
