import { HOUR, type Instant } from "@/lib/time.ts";
import type { FindingState } from "./types.ts";

/** What the job found, and what people said last. */
export interface Standing {
  readonly openedAt: Instant;
  readonly lastSeenAt: Instant;
  readonly endedAt: Instant | null;
  readonly standing: string;
  readonly standingAt: Instant | null;
  readonly standingUntil: Instant | null;
}

/** For how long after somebody resolved a finding it may still be seen: stopping takes a while. */
export const RESOLVED_GRACE = HOUR;

/**
 * The state of a finding at an instant. It follows from what the job found and what people said, so that neither
 * overwrites the other and nothing has to run for a snooze to end.
 * - ended by itself: resolved
 * - resolved by a person: resolved, unless it is still seen an hour later, or found again
 * - snoozed: until its expiry, whatever happens
 * - disputed: until it is answered, or found again after it ended
 * - acknowledged: for the episode
 */
export function stateOf(f: Standing, now: Instant): FindingState {
  if (f.endedAt !== null) return "resolved";
  const said = f.standingAt ?? 0;
  if (f.standing === "snoozed") return (f.standingUntil ?? 0) > now ? "snoozed" : "open";
  if (f.standing === "resolved") {
    const seenAgain = f.lastSeenAt > said + RESOLVED_GRACE || f.openedAt > said;
    return seenAgain ? "open" : "resolved";
  }
  if (f.openedAt > said) return "open";
  if (f.standing === "disputed") return "disputed";
  return f.standing === "acknowledged" ? "acknowledged" : "open";
}

/** When it was resolved; null while it is not. */
export function resolvedAt(f: Standing, now: Instant): Instant | null {
  if (stateOf(f, now) !== "resolved") return null;
  return f.endedAt ?? f.standingAt;
}
