import type { PhaseRecord } from "@/lib/sources/source";
import type { Instant, Interval } from "@/lib/time";

/** An interval's end for what has not ended. */
export const OPEN_END: Instant = 253_402_300_799;

/** Phases in which a workload takes GPUs. */
export const RUNNING_PHASES: ReadonlySet<string> = new Set(["Running", "Degraded"]);
/** A running workload in one of these still has its pods. */
export const HOLDING_PHASES: ReadonlySet<string> = new Set([
  "Running",
  "Degraded",
  "Updating",
  "Stopping",
  "Terminating",
  "Deleting",
  "Unknown",
]);

/**
 * When a workload held GPUs, by its phase history: from Running (or Degraded) until a phase that gives them back.
 * @param endedAt completion or deletion, which ends the last episode.
 */
export function runningEpisodes(phases: readonly PhaseRecord[], endedAt: Instant | null): Interval[] {
  const sorted = [...phases].sort((a, b) => a.at - b.at);
  const out: Interval[] = [];
  let start: Instant | null = null;
  for (const record of sorted) {
    if (start === null && RUNNING_PHASES.has(record.phase)) start = record.at;
    else if (start !== null && !HOLDING_PHASES.has(record.phase)) {
      if (record.at > start) out.push({ start, end: record.at });
      start = null;
    }
  }
  const end = endedAt ?? OPEN_END;
  if (start !== null && end > start) out.push({ start, end });
  return out;
}
