import type { CallOutcome } from "@/lib/http.ts";

/** Upper ends of the classes of how long a call took, in milliseconds; above the last one there is one more. */
export const CALL_BOUNDS_MS = [25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000] as const;
/** The class without an upper end. */
export const NO_BOUND = 0;

/** Calls of one outcome in one class. */
export interface CallTime {
  readonly outcome: CallOutcome;
  /** Upper end of the class, inclusive; NO_BOUND: none. */
  readonly boundMs: number;
  readonly calls: number;
  /** How long they took together. */
  readonly tookMs: number;
}

/** Counts calls of one process until somebody takes the counts. */
export class CallTimes {
  #counted = new Map<string, CallTime>();

  readonly add = (outcome: CallOutcome, ms: number): void => {
    const tookMs = Math.max(0, Math.round(ms));
    const boundMs = CALL_BOUNDS_MS.find((bound) => tookMs <= bound) ?? NO_BOUND;
    const before = this.#counted.get(`${outcome}/${boundMs}`);
    this.#counted.set(`${outcome}/${boundMs}`, {
      ...{ outcome, boundMs, calls: (before?.calls ?? 0) + 1, tookMs: (before?.tookMs ?? 0) + tookMs },
    });
  };

  /** What was counted since the last time. */
  take(): CallTime[] {
    const taken = [...this.#counted.values()];
    this.#counted = new Map();
    return taken;
  }
}
