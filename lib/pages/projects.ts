import { sql } from "@/db/client.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { findCostScope } from "@/lib/reports/read/cost-scope.ts";
import { average, MEASURE_QUANTITIES, measuresOf, type ReadPeriod } from "@/lib/reports/read/measures.ts";
import { readMeteredTime } from "@/lib/reports/read/metered-time.ts";
import { type Filters, findScope, type Scope } from "@/lib/reports/read/scope.ts";
import { idleOf, readSpend } from "@/lib/reports/read/spend.ts";
import { readProjectUsage } from "@/lib/reports/read/usage.ts";
import type { Measures } from "@/lib/reports/types.ts";

export interface ProjectRow extends Measures {
  readonly key: number;
  readonly name: string;
  readonly cluster: string;
  readonly department: string;
  /** GPUs the project is promised, over all its node pools; null where no source says. */
  readonly quotaMilli: number | null;
  /** Mean GPUs held over what is metered of the period, as the report project-allocations has it. */
  readonly heldMilli: number;
  /** What its usage was charged, and of it what was idle; null where nothing was, or the period cuts a day. */
  readonly micros: number | null;
  readonly idleMicros: number | null;
}

interface Input extends Filters {
  readonly period: ReadPeriod;
}

/** Every project the viewer may see, by name, with what it held in the period. */
export async function loadProjects(ctx: Ctx, input: Input): Promise<ProjectRow[]> {
  const scope = await findScope(ctx, input);
  const { days } = input.period;
  const cost = days && (await findCostScope(ctx, { cluster: input.cluster }, "usage"));
  const [facts, sums, meteredTime, spend] = await Promise.all([
    listProjects(ctx, scope),
    readProjectUsage(ctx, scope, input.period, { by: ["projectKey"], quantities: MEASURE_QUANTITIES }),
    readMeteredTime(ctx, input.period),
    days && cost ? readSpend(ctx, cost, days, ["projectKey"]) : [],
  ]);
  const spendOf = new Map(spend.filter((s) => s.gpuMilli > 0).map((s) => [s.projectKey, s]));
  const sumOf = new Map(sums.map((s) => [s.projectKey, s]));
  const rows = facts.map(({ quota, clusterId, ...fact }): ProjectRow => {
    const sum = sumOf.get(fact.key);
    const measures = measuresOf(sum ? [sum] : []);
    const spent = spendOf.get(fact.key);
    return {
      ...fact,
      ...measures,
      quotaMilli: quotaOf(quota),
      heldMilli: Math.round(average(measures.allocatedMilli, meteredTime(clusterId).seconds) ?? 0),
      micros: spent?.usageMicros ?? null,
      idleMicros: spent ? idleOf(spent) : null,
    };
  });
  return rows.sort((a, b) => a.name.localeCompare(b.name) || a.key - b.key);
}

const listProjects = (ctx: Ctx, scope: Scope) =>
  ctx.db.all<{ key: number; clusterId: string; name: string; cluster: string; department: string; quota: string }>(sql`
    select p.key as "key", p.cluster_id as "clusterId", p.name as "name", coalesce(c.name, p.cluster_id) as "cluster",
      p.department_name as "department", p.quota as "quota"
    from projects p left join clusters c on c.id = p.cluster_id
    where p.key <> 0 ${scope.projects("p.key")} ${scope.clusters("p.cluster_id")}`);

/** The sum of a quota in JSON (node pool → milli-GPU); null when it names no pool. */
export function quotaOf(text: string): number | null {
  try {
    const values = Object.values(JSON.parse(text || "{}") as Record<string, unknown>);
    const numbers = values.filter((v): v is number => typeof v === "number");
    return numbers.length ? numbers.reduce((sum, v) => sum + v, 0) : null;
  } catch {
    return null;
  }
}
