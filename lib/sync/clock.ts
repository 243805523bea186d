import { type Instant, MINUTE } from "@/lib/time.ts";

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
