import type { PhaseRecord } from "@/lib/sources/source.ts";
import { type Instant, type Interval, intersect, union } from "@/lib/time.ts";

/** The end of an interval that has not ended. */
export const OPEN_END: Instant = 253_402_300_799;

/** Phases in which a workload holds GPUs. Sources translate theirs to these words. */
export const RUNNING_PHASES: ReadonlySet<string> = new Set(["Running", "Degraded"]);
/** A workload that was running and enters one of these still has its pods. */
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
 * When a workload held GPUs by its phase history, as half-open intervals: from Running (or Degraded) until a phase that
 * releases them.
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

/** What a source reports about when a workload ran. */
export interface ReportedPhases {
  readonly phases: readonly PhaseRecord[];
  readonly phase: string;
  readonly createdAt: Instant;
  readonly phaseUpdatedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly runningSeconds: number | null;
}

/**
 * When a workload ran apart from its pods, as half-open intervals: by its phase history if one was read, else by its
 * allocation samples, else – without started pods – by its own times. An episode that overlaps any pod is left out: its
 * pods account for all of it.
 * @param pods when its started pods ran.
 * @param allocated when samples say that it held GPUs; null without samples.
 */
export function episodesBesidePods(
  reported: ReportedPhases,
  pods: readonly Interval[],
  allocated: readonly Interval[] | null,
): Interval[] {
  const covered = union(pods);
  return episodesFrom(reported, pods.length > 0, allocated).filter((e) => !covered.some((span) => intersect(span, e)));
}

function episodesFrom(
  reported: ReportedPhases,
  hasPods: boolean,
  allocated: readonly Interval[] | null,
): readonly Interval[] {
  const { phases, phase, createdAt, phaseUpdatedAt, endedAt, runningSeconds } = reported;
  if (phases.length) return runningEpisodes(phases, endedAt);
  if (allocated) return union(allocated);
  // Started pods account for all of it.
  if (hasPods) return [];
  if (phase === "Running") return [{ start: phaseUpdatedAt ?? createdAt, end: OPEN_END }];
  if (endedAt !== null && runningSeconds)
    return [{ start: Math.max(createdAt, endedAt - runningSeconds), end: endedAt }];
  return [];
}
