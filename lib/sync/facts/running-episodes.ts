import type { PhaseRecord } from "@/lib/sources/source.ts";
import { type Instant, type Interval, intersect, union } from "@/lib/time.ts";

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

/** What a source tells of a workload, as far as it says when it ran. */
export interface ReportedPhases {
  readonly phases: readonly PhaseRecord[];
  readonly phase: string;
  readonly createdAt: Instant;
  readonly phaseUpdatedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly runningSeconds: number | null;
}

/**
 * When a workload ran that no pod of it tells of: its history where that was read, else its allocation samples, else – of one
 * without started pods – what its row says. An episode that any pod overlaps is told by its pods whole.
 * @param pods when its started pods ran; @param allocated when samples say that it held GPUs, null without samples.
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
  // Pods that have started tell it all.
  if (hasPods) return [];
  if (phase === "Running") return [{ start: phaseUpdatedAt ?? createdAt, end: OPEN_END }];
  if (endedAt !== null && runningSeconds)
    return [{ start: Math.max(createdAt, endedAt - runningSeconds), end: endedAt }];
  return [];
}
