import type { PhaseRecord } from "@/lib/sources/source.ts";
import { type Instant, type Interval, union } from "@/lib/time.ts";

/** The end of an interval that has not ended. */
export const OPEN_END: Instant = 253_402_300_799;

/**
 * The longest time, in seconds, by which phases and pods may differ without either being wrong. Time of a running phase
 * up to this long beside a pod is the delay of a report, not time that somebody held.
 */
export const REPORT_LAG_SECONDS = 120;

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

/** Phases in which the scheduler has given a workload its cards: its pods are bound, whether or not they have started. */
const BOUND_PHASES: ReadonlySet<string> = new Set([...RUNNING_PHASES, "Initializing"]);

/**
 * When a workload held GPUs by its phase history, as half-open intervals: from Running (or Degraded) until a phase that
 * releases them.
 * @param endedAt completion or deletion, which ends the last episode.
 */
export function runningEpisodes(phases: readonly PhaseRecord[], endedAt: Instant | null): Interval[] {
  return episodesOf(phases, endedAt, RUNNING_PHASES);
}

/** How a workload begins: at one instant in this order. */
const BEGINNING = ["Creating", "Pending", "Initializing", "Running"];
const rankOf = ({ phase }: PhaseRecord): number => BEGINNING.indexOf(phase);

function episodesOf(
  phases: readonly PhaseRecord[],
  endedAt: Instant | null,
  beginning: ReadonlySet<string>,
): Interval[] {
  const sorted = [...phases].sort((a, b) => a.at - b.at || rankOf(a) - rankOf(b));
  const out: Interval[] = [];
  let start: Instant | null = null;
  for (const record of sorted) {
    if (start === null && beginning.has(record.phase)) start = record.at;
    else if (start !== null && !HOLDING_PHASES.has(record.phase) && !beginning.has(record.phase)) {
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
 * When a workload ran, as half-open intervals: by its phase history if one was read, else by its allocation samples,
 * else – without started pods – by its own times.
 * @param hasPods whether any of its pods started.
 * @param allocated when samples say that it held GPUs; null without samples.
 */
export function runningEpisodesOf(
  reported: ReportedPhases,
  hasPods: boolean,
  allocated: readonly Interval[] | null,
): readonly Interval[] {
  if (reported.phases.length) return runningEpisodes(reported.phases, reported.endedAt);
  if (allocated) return union(allocated);
  return hasPods ? [] : ownTimes(reported, RUNNING_PHASES);
}

/**
 * When the pods of a workload were bound to nodes, as half-open intervals: as `runningEpisodesOf`, from Initializing on where
 * it takes longer than a report may be late.
 */
export function boundEpisodes(reported: ReportedPhases, hasPods: boolean): readonly Interval[] {
  if (reported.phases.length) return episodesOf(withoutShortStarts(reported.phases), reported.endedAt, BOUND_PHASES);
  return hasPods ? [] : ownTimes(reported, BOUND_PHASES);
}

/** A start of at most REPORT_LAG_SECONDS counts from Running on, as it does for pods whose first start is known. */
function withoutShortStarts(phases: readonly PhaseRecord[]): PhaseRecord[] {
  const running = phases.filter(({ phase }) => RUNNING_PHASES.has(phase));
  const isShort = ({ at }: PhaseRecord) => running.some((r) => r.at >= at && r.at - at <= REPORT_LAG_SECONDS);
  return phases.filter((record) => record.phase !== "Initializing" || !isShort(record));
}

function ownTimes(
  { phase, createdAt, phaseUpdatedAt, endedAt, runningSeconds }: ReportedPhases,
  beginning: ReadonlySet<string>,
): Interval[] {
  if (endedAt === null) return beginning.has(phase) ? [{ start: phaseUpdatedAt ?? createdAt, end: OPEN_END }] : [];
  if (runningSeconds) return [{ start: Math.max(createdAt, endedAt - runningSeconds), end: endedAt }];
  return [];
}
