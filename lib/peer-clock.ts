import { type Instant, MINUTE } from "./time.ts";

/** How long an answer says what time it is, in milliseconds: a clock that was put right is believed again after it. */
const HELD_MS = 10 * 60_000;

/**
 * What time it is by another server's clock, from the `Date` of its answers: whole seconds, and never behind by more than an answer takes.
 * Between answers it goes on by a clock that only measures how much time has passed, so it does not follow when the clock here is set.
 */
export class PeerClock {
  readonly #elapsed: () => number;
  #at: { readonly date: Instant; readonly ms: number } | null = null;

  /** @param elapsed milliseconds from any beginning, which only grow. */
  constructor(elapsed: () => number = () => performance.now()) {
    this.#elapsed = elapsed;
  }

  /** Notes the date of an answer that came just now. An earlier one than is held is that of a cache, unless what is held is old. */
  note(date: Instant): void {
    const ms = this.#elapsed();
    const held = this.now();
    if (this.#at && held !== null && date < held - 1 && ms - this.#at.ms < HELD_MS) return;
    this.#at = { date, ms };
  }

  /** Null before the first answer. */
  now(): Instant | null {
    return this.#at === null ? null : this.#at.date + Math.floor((this.#elapsed() - this.#at.ms) / 1000);
  }
}

/** By how much a clock here may be ahead of that of a source before its time is taken instead, in seconds. */
export const MOST_AHEAD = MINUTE;

/** The present instant, no later than a minute after that of the source whose clock is the most behind. */
export function boundedNow(own: Instant, theirs: readonly (Instant | null)[]): Instant {
  const known = theirs.filter((at) => at !== null);
  return Math.min(own, ...known.map((at) => at + MOST_AHEAD));
}

/** What to say of a clock that is apart from a source's; null: it is not, or nobody knows. */
export function skewWarning(own: Instant, title: string, theirs: Instant | null): string | null {
  if (theirs === null || Math.abs(own - theirs) <= MOST_AHEAD) return null;
  const apart = Math.abs(own - theirs);
  const effect = own > theirs ? " Nothing later than the time of the source is read or booked." : "";
  return `The clock of this machine is ${apart} s ${own > theirs ? "ahead of" : "behind"} that of ${title}: synchronise it (NTP).${effect}`;
}
