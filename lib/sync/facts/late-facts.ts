import type { Instant, Interval } from "@/lib/time.ts";

/** Something that held GPUs, or may have, before it was first listed: its samples of that time were never read. */
export interface LateFact extends Interval {
  readonly clusterId: string;
  /** As windows name it: `pod/<id>` or `workload/<id>`. */
  readonly subject: string;
}

/**
 * The late facts whose time begins before `before`, cut off there and at `since`; joined by subject.
 * @param before what begins later is read as the live sync goes on.
 * @param since sources keep no samples from before.
 */
export function latePast(list: readonly LateFact[], since: Instant, before: Instant): LateFact[] {
  const bySubject = Map.groupBy(list, (f) => `${f.clusterId}\u0000${f.subject}`);
  return [...bySubject.values()].flatMap((facts): LateFact[] => {
    const first = facts[0] as LateFact;
    const start = Math.max(since, Math.min(...facts.map((f) => f.start)));
    const end = Math.min(before, Math.max(...facts.map((f) => f.end)));
    return end > start ? [{ ...first, start, end }] : [];
  });
}
