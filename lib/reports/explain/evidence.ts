import { sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { findings, gaps, pods, usageDays, workloads } from "@/db/schema/index.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Days } from "@/lib/reports/read/cost-scope.ts";
import { dayOfKey, type Instant } from "@/lib/time.ts";

/** Where a workload ran on the days, and what is known to be wrong or missing there. */
export interface Evidence {
  readonly workloadKey: number;
  readonly name: string;
  readonly user: string;
  /** Pods with their GPUs: intervals clipped to the days, half-open; `end` null while it runs. */
  readonly intervals: readonly {
    readonly pod: string;
    readonly node: string;
    readonly start: Instant;
    readonly end: Instant | null;
    readonly gpuMilli: number | null;
  }[];
  /** At which level it was observed: `gpu`, `pod` or `workload`. */
  readonly levels: readonly string[];
  readonly findings: readonly { readonly at: Instant; readonly kind: string; readonly detail: string }[];
  readonly gaps: readonly {
    readonly start: Instant;
    readonly end: Instant;
    readonly cause: string;
    readonly status: string;
  }[];
}

const MOST = 100;

export async function readEvidence(ctx: Ctx, key: number, days: Days): Promise<Evidence | null> {
  const zone = ctx.ledger.zone;
  const [start, end] = [dayOfKey(days.from, zone).start, dayOfKey(days.until, zone).start];
  const workload = await ctx.db.find<{ id: string; name: string; user: string; clusterId: string }>(sql`
    select id, name, submitted_by as "user", cluster_id as "clusterId" from ${workloads} where key = ${key} and key <> 0`);
  if (!workload) return null;
  const held = await ctx.db.all<{
    id: string;
    name: string;
    node: string;
    start: number;
    end: number;
    gpuMilli: number | null;
  }>(sql`
    select id, name, node, started_at as "start", ended_at as "end", gpu_milli as "gpuMilli" from ${pods}
    where workload_key = ${key} and started_at is not null and started_at < ${end} and ended_at > ${start}
    order by started_at, name limit ${MOST}`);
  const subjects = [workload.id, `workload/${workload.id}`, ...held.flatMap((p) => [p.id, `pod/${p.id}`])];
  const named = sql.join(
    subjects.map((s) => sql`${s}`),
    sql`, `,
  );
  const [levels, found, missing] = await Promise.all([
    ctx.db.all<{ level: string }>(sql`select distinct level from ${usageDays} where workload_key in ${inList([key])}
      and day >= ${days.from} and day < ${days.until} and level <> '' order by level`),
    ctx.db.all<Evidence["findings"][number]>(sql`select bucket_at as "at", kind, detail from ${findings}
      where cluster_id = ${workload.clusterId} and subject in (${named}) and bucket_at >= ${start} and bucket_at < ${end}
      order by bucket_at limit ${MOST}`),
    ctx.db.all<Evidence["gaps"][number]>(sql`select start_at as "start", end_at as "end", cause, status from ${gaps}
      where cluster_id = ${workload.clusterId} and subject in (${named}, '') and start_at < ${end} and end_at > ${start}
      order by start_at limit ${MOST}`),
  ]);
  const now = ctx.now();
  return {
    workloadKey: key,
    name: workload.name,
    user: workload.user,
    intervals: held.map((p) => ({
      pod: p.name,
      node: p.node,
      start: Math.max(p.start, start),
      end: p.end > now && end > now ? null : Math.min(p.end, end),
      gpuMilli: p.gpuMilli,
    })),
    levels: levels.map((l) => l.level),
    findings: found,
    gaps: missing,
  };
}
