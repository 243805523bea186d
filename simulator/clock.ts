import type { Instant } from "@/lib/time.ts";

/** The time that the simulated cluster believes it is. Whole seconds. */
export interface Clock {
  now(): Instant;
}

export function realClock(): Clock {
  return { now: () => Math.floor(Date.now() / 1000) };
}

/** Always `at`, until moved. */
export function fixedClock(at: Instant): Clock & { set(at: Instant): void } {
  let now = at;
  return {
    now: () => now,
    set(next) {
      now = next;
    },
  };
}

/** Starts at `from` and runs `factor` times as fast as real time. */
export function fastClock(from: Instant, factor: number): Clock {
  const began = Date.now();
  return { now: () => from + Math.floor(((Date.now() - began) / 1000) * factor) };
}
