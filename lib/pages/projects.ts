import { sql } from "@/db/client.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { readMeteredTime } from "@/lib/reports/read/metered-time.ts";
import { average } from "@/lib/reports/read/quantities.ts";
import type { Interval } from "@/lib/time.ts";
import { type MeasureRow, MeasureSum, measureColumns } from "./measures.ts";
import { type Filters, type Scope, scopeOf } from "./scope.ts";
import type { Measures } from "./types.ts";

export interface ProjectRow extends Measures {
  readonly key: number;
  readonly name: string;
  readonly cluster: string;
  readonly department: string;
  /** GPUs the project is promised, over all its node pools; null where no source says. */
  readonly quotaMilli: number | null;
  /** Mean GPUs held over what is metered of the period, as the report project-allocations has it. */
  readonly heldMilli: number;
}

interface Input extends Filters {
  readonly period: Interval;
}

/** Every project the viewer may see, by name, with what it held in the period. */
export async function loadProjects(ctx: Ctx, input: Input): Promise<ProjectRow[]> {
  const scope = await scopeOf(ctx, input);
  const [facts, sums, meteredTime] = await Promise.all([
    listProjects(ctx, scope),
    sumProjects(ctx, scope, input.period),
    readMeteredTime(ctx, input.period),
  ]);
  const rows = facts.map(({ quota, clusterId, ...fact }): ProjectRow => {
    const measures = sums.get(fact.key)?.get() ?? new MeasureSum().get();
    return {
      ...fact,
      ...measures,
      quotaMilli: quotaOf(quota),
      heldMilli: Math.round(average(measures.allocatedMilli, meteredTime(clusterId).seconds) ?? 0),
    };
  });
  return rows.sort((a, b) => a.name.localeCompare(b.name) || a.key - b.key);
}

const listProjects = (ctx: Ctx, scope: Scope) =>
  ctx.db.all<{ key: number; clusterId: string; name: string; cluster: string; department: string; quota: string }>(sql`
    select p.key as "key", p.cluster_id as "clusterId", p.name as "name", coalesce(c.name, p.cluster_id) as "cluster",
      p.department_name as "department", p.quota as "quota"
    from projects p left join clusters c on c.id = p.cluster_id
    where p.key <> 0 ${scope.projects("p.key")} ${scope.cluster("p.cluster_id")}`);

async function sumProjects(ctx: Ctx, scope: Scope, period: Interval): Promise<Map<number, MeasureSum>> {
  const rows = await ctx.db.all<MeasureRow & { projectKey: number }>(sql`
    select u.project_key as "projectKey", ${measureColumns} from usage_projects u
    where u.bucket_at >= ${period.start} and u.bucket_at < ${period.end} and u.project_key <> 0
      ${scope.projects("u.project_key")} ${scope.hardware("u.hardware_key")}
    group by u.project_key`);
  return new Map(
    rows.map((row) => {
      const sum = new MeasureSum();
      sum.add(row, true);
      return [row.projectKey, sum];
    }),
  );
}

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
