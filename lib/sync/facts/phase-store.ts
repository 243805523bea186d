import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { phases, pods, workloads } from "@/db/schema/index.ts";
import { workloadEnd } from "@/db/schema/inventory.ts";
import type { PhaseRecord } from "@/lib/sources/source.ts";
import { type Instant, type Interval, union } from "@/lib/time.ts";
import { allocatedSpans } from "./allocation-store.ts";
import { differing } from "./held-change.ts";
import { maybeHeld, type ReportedPod } from "./pod-life.ts";
import { REPORT_LAG_SECONDS, type ReportedPhases } from "./running-episodes.ts";

export interface PhasesWanted {
  readonly key: number;
  readonly clusterId: string;
  readonly id: string;
  readonly phaseUpdatedAt: number | null;
}

/**
 * Workloads of a period whose history must be read: it changed since it was read, and their pods do not account for the
 * time that they are reported to have run. With `all`, every one whose history changed.
 * @param isAsked false for clusters whose source has no phase histories.
 */
export async function phasesWanted(
  db: Reader,
  isAsked: (clusterId: string) => boolean,
  period: Interval,
  now: Instant,
  all: boolean,
  limit: number,
): Promise<PhasesWanted[]> {
  type Row = PhasesWanted & { runningSeconds: number | null; gpus: number };
  const read =
    await db.all<Row>(sql`select w.key, w.cluster_id as "clusterId", w.id, w.phase_updated_at as "phaseUpdatedAt",
    w.running_seconds as "runningSeconds", coalesce(w.gpu_request_milli, 1) as gpus from ${workloads} w
    where w.created_at < ${period.end} and ${workloadEnd("w.")} > ${period.start}
    and (w.phases_read_at is null or w.phases_read_at < w.phase_updated_at) order by w.created_at desc, w.id`);
  const rows = read.filter((w) => isAsked(w.clusterId));
  if (all) return rows.slice(0, limit);
  const spans = await db.all<Interval & { key: number; waited: number }>(sql`select w.key, p.started_at as "start",
    p.ended_at as "end", p.started_at - p.created_at as waited
    from ${workloads} w join ${pods} p on p.workload_key = w.key
    where w.created_at < ${period.end} and ${workloadEnd("w.")} > ${period.start}
    and (w.phases_read_at is null or w.phases_read_at < w.phase_updated_at) and p.started_at is not null`);
  const byWorkload = Map.groupBy(spans, (s) => s.key);
  return rows
    .filter((w) => {
      const ran = union(byWorkload.get(w.key) ?? []).reduce((sum, s) => sum + Math.min(s.end, now) - s.start, 0);
      // It may have been bound or started before: its image was pulled, or a container was restarted.
      const isLate = byWorkload.get(w.key)?.some((s) => s.waited > REPORT_LAG_SECONDS);
      return w.gpus > 0 && (ran === 0 || isLate || w.runningSeconds === null || w.runningSeconds - ran > 60);
    })
    .slice(0, limit);
}

/**
 * Stores a phase history.
 * @returns the half-open intervals in which the workload held GPUs by the new history but not by the old one, or the
 *   reverse; none where its pods account for all its episodes.
 */
export async function savePhases(
  tx: Tx,
  workload: PhasesWanted,
  records: readonly PhaseRecord[],
  now: Instant,
): Promise<Interval[]> {
  const reported = await readPhases(tx, workload.key);
  const known = new Set(reported.phases.map((r) => `${r.at} ${r.phase}`));
  const fresh = records.filter((r) => !known.has(`${r.at} ${r.phase}`));
  const rows = fresh.map((r) => ({ workloadKey: workload.key, at: r.at, phase: r.phase }));
  await tx.insert(phases, rows, { target: [phases.workloadKey, phases.at, phases.phase], update: [] });
  await tx.run(
    sql`update ${workloads} set phases_read_at = ${workload.phaseUpdatedAt ?? now} where key = ${workload.key}`,
  );
  if (!fresh.length) return [];
  const list = await tx.all<ReportedPod>(sql`select
    ${columnsOf(pods, ["id", "node", "createdAt", "startedAt", "boundAt", "endedAt"])} from ${pods}
    where workload_key = ${workload.key}`);
  // Its end may be as new as its history.
  const before = reported.phases.length ? { ...reported, endedAt: null } : reported;
  const allocated = reported.phases.length ? null : await allocatedSpans(tx, workload, reported, now);
  const after = { ...reported, phases: [...reported.phases, ...fresh] };
  return differing(maybeHeld(before, list, allocated), maybeHeld(after, list, null));
}

async function readPhases(tx: Tx, key: number): Promise<ReportedPhases> {
  const row = await tx.find<Omit<ReportedPhases, "phases">>(sql`select phase, created_at as "createdAt",
    phase_updated_at as "phaseUpdatedAt", coalesce(completed_at, deleted_at) as "endedAt", running_seconds as "runningSeconds"
    from ${workloads} where key = ${key}`);
  const known = await tx.all<PhaseRecord>(
    sql`select ${columnsOf(phases, ["at", "phase"])} from ${phases} where workload_key = ${key}`,
  );
  return { ...(row as Omit<ReportedPhases, "phases">), phases: known };
}
