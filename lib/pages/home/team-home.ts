import { sql } from "@/db/client.ts";
import { charges, closes, projects, statements, workloads } from "@/db/schema/index.ts";
import { type ClassRow, IDLE, type IdleClass, selectSums } from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Days } from "@/lib/reports/read/cost-scope.ts";
import { idleOf } from "@/lib/reports/read/spend.ts";

/** What a part of a team's work was charged; micro-units and milli-GPU-seconds. */
interface Charged {
  readonly micros: number;
  readonly idleMicros: number;
  readonly gpuMilli: number;
}

export interface TeamUser extends Charged {
  /** Empty: no source names one. */
  readonly user: string;
  readonly workloads: number;
}

export interface TeamWorkload extends Charged {
  readonly key: number;
  readonly name: string;
  readonly user: string;
  readonly project: string;
  readonly phase: string;
}

export interface TeamHome {
  /** The most expensive first. */
  readonly users: readonly TeamUser[];
  readonly workloads: readonly TeamWorkload[];
  /** The newest statement; null: no period is closed. */
  readonly statement: { readonly number: string; readonly periodId: string; readonly totalMicros: number } | null;
}

const MOST = 8;

/** Does the viewer see the people and workloads of a team, not its total alone? */
const seesWhole = ({ viewer }: Ctx, teamKey: number): boolean =>
  viewer.projects === "all" || (viewer.manages ?? []).includes(teamKey);

/** Who and what cost a team most in some days, and its newest statement: empty for people who see its total alone. */
export async function loadTeamHome(ctx: Ctx, teamKey: number, { from, until }: Days): Promise<TeamHome> {
  if (!seesWhole(ctx, teamKey)) return { users: [], workloads: [], statement: null };
  const sums = sql`cast(sum(c.amount_micros) as double precision) as "micros",
    cast(sum(case when c.sku = 'gpu' then c.quantity else 0 end) as bigint) as "gpuMilli",
    ${sql.raw(selectSums(IDLE, "micros", "c", "double precision"))}`;
  const theirs = sql`c.team_key = ${teamKey} and c.workload_key <> 0 and c.day >= ${from} and c.day < ${until}`;
  type Sums = Omit<Charged, "idleMicros"> & ClassRow<"micros", IdleClass>;
  const [users, works, statement] = await Promise.all([
    ctx.db.all<Sums & Pick<TeamUser, "user" | "workloads">>(sql`
      select w.submitted_by as "user", count(distinct w.key) as "workloads", ${sums}
      from ${charges} c join ${workloads} w on w.key = c.workload_key where ${theirs}
      group by w.submitted_by order by sum(c.amount_micros) desc, w.submitted_by limit ${MOST}`),
    ctx.db.all<Sums & Pick<TeamWorkload, "key" | "name" | "user" | "project" | "phase">>(sql`
      select w.key as "key", w.name as "name", w.submitted_by as "user", w.phase as "phase", p.name as "project", ${sums}
      from ${charges} c join ${workloads} w on w.key = c.workload_key join ${projects} p on p.key = w.project_key
      where ${theirs} group by w.key, w.name, w.submitted_by, w.phase, p.name
      order by sum(c.amount_micros) desc, w.key limit ${MOST}`),
    ctx.db.find<NonNullable<TeamHome["statement"]>>(sql`
      select s.number as "number", s.period_id as "periodId", s.total_micros as "totalMicros" from ${statements} s
      join ${closes} c on c.period_id = s.period_id where s.team_key = ${teamKey} order by c.sequence desc limit 1`),
  ]);
  return {
    users: users.map((u) => ({ ...u, idleMicros: idleOf(u) })),
    workloads: works.map((w) => ({ ...w, idleMicros: idleOf(w) })),
    statement: statement ?? null,
  };
}
