import type { Db } from "@/db/client.ts";
import { CELL } from "@/lib/insights/cells/cell.ts";
import { judgePending, pendingLong, waitingTimes } from "@/lib/insights/rules/health/pending-long.ts";
import { CLEAR, UNKNOWN } from "@/lib/insights/rules/measure.ts";
import { thresholdsOf, type Verdict } from "@/lib/insights/rules/rule.ts";
import { isBackground } from "@/lib/sources/source.ts";
import { floorTo, HOUR, type Instant, type Interval } from "@/lib/time.ts";
import { exceptionConcerns, textsOf } from "./facts-load.ts";
import { loadQueued, type QueuedWorkload } from "./queue-store.ts";
import type { RuleSettings } from "./settings.ts";
import { cutAt, type Tracked, track } from "./track.ts";
import { type ExceptionRow, type FindingChange, loadTrackedOf } from "./tracked-store.ts";

interface Queue {
  readonly settings: RuleSettings;
  readonly exceptions: readonly ExceptionRow[];
  /** Evaluated time, that of the range included. */
  readonly known: readonly Interval[];
}

/**
 * Judges workloads that wait for GPUs: they hold none, so that their phases are judged instead of cells.
 * @param until up to where time is evaluated, the range included: what follows a changed bucket is judged again.
 */
export async function evaluateQueue(
  db: Db,
  clusterId: string,
  range: Interval,
  until: Instant,
  { settings, exceptions, known }: Queue,
): Promise<FindingChange[]> {
  const mine = settings.of(pendingLong.slug);
  if (mine === "off") return [];
  const thresholds = thresholdsOf(pendingLong, mine);
  const least = (thresholds.after_hours ?? 12) * HOUR;
  const before = await loadTrackedOf(db, clusterId, pendingLong.slug);
  const byKey = new Map([...before.values()].map(({ workloadKey, tracked }) => [workloadKey, tracked]));
  const open = [...byKey].filter(([, tracked]) => tracked.endedAt === null).map(([key]) => key);
  const out: FindingChange[] = [];
  for (const workload of await loadQueued(db, clusterId, { start: range.start, end: until }, open)) {
    const isJudged = workload.asksGpus && !isBackground(workload.priorityClass);
    const waits = isJudged ? waitingTimes(workload.phases, workload.endedAt) : [];
    const stored = byKey.get(workload.key) ?? null;
    if (!stored && !waits.some((w) => Math.min(w.end, until) - w.start >= least)) continue;
    const excepted = exceptions.filter((e) => exceptionConcerns(e, pendingLong.slug, factsOf(workload)));
    const judge = (at: Instant, indexOf: (at: Instant) => number): Verdict => {
      if (!known.some((k) => k.start <= at && at < k.end)) return UNKNOWN;
      if (excepted.some((e) => e.createdAt <= at && at < e.expiresAt)) return CLEAR;
      const gpus = workload.gpuRequestMilli === null ? null : workload.gpuRequestMilli / 1000;
      return judgePending(waits, at, gpus, thresholds, indexOf);
    };
    const prior = stored && cutAt(stored, range.start);
    const state = followWaits(waits, prior, { start: range.start, end: until }, judge);
    if (!state && !stored) continue;
    const about = { subjectKind: "workload", subject: workload.id, clusterId, workloadKey: workload.key } as const;
    const change = { rule: pendingLong, thresholds, state, losses: [], fromDay: null };
    out.push({ ...about, projectKey: workload.projectKey, ...change });
  }
  return out;
}

const factsOf = (w: QueuedWorkload) => ({
  ...{ id: w.id, name: w.name, user: w.user, projectKey: w.projectKey, images: textsOf(w.images) },
});

/** Cells are counted from the first wait, so that a finding knows when it began. */
export function followWaits(
  waits: readonly Interval[],
  prior: Tracked | null,
  range: Interval,
  judge: (at: Instant, indexOf: (at: Instant) => number) => Verdict,
): Tracked | null {
  const begin = floorTo(Math.min(range.start, waits[0]?.start ?? range.start, prior?.countedAt ?? range.start), CELL);
  const index = (at: Instant) => Math.round((floorTo(at, CELL) - begin) / CELL);
  const instant = (i: number) => begin + i * CELL;
  return track(prior, {
    ...{ from: index(range.start), end: index(range.end), instant, index },
    judge: (end) => judge(instant(end) - 1, index),
    lost: () => [],
    severity: pendingLong.severity,
    closeAfter: 1,
  }).state;
}
