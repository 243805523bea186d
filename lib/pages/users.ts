import type { SQL } from "drizzle-orm";
import { sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { projects, workloads } from "@/db/schema/index.ts";
import { allow, mayDo } from "@/lib/auth/allow.ts";
import { type ClassRow, IDLE, type IdleClass, selectSums } from "@/lib/classes.ts";
import type { Ctx, Viewer } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { loadWork, type Work } from "@/lib/pages/home/me.ts";
import { type CostScope, type Days, findCostScope } from "@/lib/reports/read/cost-scope.ts";
import { comparedDays } from "@/lib/reports/read/period-before.ts";
import { findScope } from "@/lib/reports/read/scope.ts";
import { idleOf } from "@/lib/reports/read/spend.ts";
import { chargesOf } from "@/lib/reports/read/workload-charges.ts";
import type { Period } from "@/lib/reports/report.ts";

/** What some workloads were charged; micro-units and milli-GPU-seconds. */
interface Charged {
  readonly micros: number;
  readonly idleMicros: number;
  readonly gpuMilli: number;
}

export interface UserRow extends Charged {
  readonly user: string;
  readonly workloads: number;
  /** Micro-units of the compared days and of the days before; null: nothing is compared. */
  readonly compared: { readonly nowMicros: number; readonly beforeMicros: number } | null;
}

export interface UserPart extends Charged {
  readonly key: number;
  readonly name: string;
}

export interface UserDay {
  readonly day: number;
  readonly micros: number;
  readonly idleMicros: number;
}

export interface UserCost extends Charged {
  readonly key: number;
  readonly name: string;
  readonly project: string;
}

export interface UserPage {
  readonly user: string;
  readonly currency: string;
  /** The viewer is this user. */
  readonly own: boolean;
  /** What they ran and how it used GPUs; null: the viewer sees money alone. */
  readonly work: Work | null;
  readonly sums: Charged & { readonly workloads: number };
  /** Only what is charged to teams of the viewer is counted: there may be more. */
  readonly partly: boolean;
  readonly teams: readonly UserPart[];
  readonly projects: readonly UserPart[];
  readonly days: readonly UserDay[];
  /** The most expensive workloads. */
  readonly costs: readonly UserCost[];
}

const MOST = 15;
const SUMS = sql`cast(sum(c.amount_micros) as double precision) as "micros",
  cast(sum(case when c.sku = 'gpu' then c.quantity else 0 end) as bigint) as "gpuMilli",
  ${sql.raw(selectSums(IDLE, "micros", "c", "double precision"))}`;
type Sums = Pick<Charged, "micros" | "gpuMilli"> & ClassRow<"micros", IdleClass>;

/** Does the viewer see other users than themself? */
export const seesUsers = (viewer: Viewer): boolean =>
  mayDo(viewer, "usage.read") && (viewer.projects === "all" || (viewer.manages ?? []).length > 0);

/**
 * Users with what their workloads were charged, the most expensive first: all for people who see all projects, for managers what is
 * charged to their teams, for everybody else themself alone. @throws AppError `forbidden`.
 */
export async function loadUsers(ctx: Ctx, days: Days, today: number): Promise<UserRow[]> {
  allow(ctx.viewer, "usage.read");
  const cost = await findCostScope(ctx, {}, "usage");
  const compared = await comparedDays(ctx, days, today);
  const pair = compared?.pair ?? null;
  const [rows, now, before] = await Promise.all([
    sumUsers(ctx, cost, days),
    pair ? sumUsers(ctx, cost, pair.now) : [],
    pair ? sumUsers(ctx, cost, pair.before) : [],
  ]);
  const microsOf = (list: readonly Omit<UserRow, "compared">[], user: string) =>
    list.find((r) => r.user === user)?.micros ?? 0;
  return rows.map((row) => ({
    ...row,
    compared:
      before.length > 0 ? { nowMicros: microsOf(now, row.user), beforeMicros: microsOf(before, row.user) } : null,
  }));
}

async function sumUsers(ctx: Ctx, cost: CostScope, { from, until }: Days): Promise<Omit<UserRow, "compared">[]> {
  const mine = seesUsers(ctx.viewer) ? sql`` : sql`and o.submitted_by in ${inList(ctx.viewer.submitters ?? [])}`;
  const rows = await ctx.db.all<Sums & Pick<UserRow, "user" | "workloads">>(sql`
    select o.submitted_by as "user", cast(count(distinct o.key) as bigint) as "workloads", ${SUMS}
    from ${chargesOf(ctx)} join ${workloads} o on o.key = c.workload_key
    where c.day >= ${from} and c.day < ${until} and c.workload_key <> 0 and o.submitted_by <> '' ${mine}
      ${cost.charged("c", "h.cluster_id")}
    group by o.submitted_by order by sum(c.amount_micros) desc, o.submitted_by`);
  return rows.map((row) => ({ ...charged(row), user: row.user, workloads: row.workloads }));
}

const charged = (row: Sums): Charged => ({ micros: row.micros, gpuMilli: row.gpuMilli, idleMicros: idleOf(row) });

/**
 * One user: what they ran, what it cost, what of it idled. How GPUs were used is for people who see the workloads one by one; finance
 * sees what was charged. @throws AppError `forbidden`; `not_found` for a user of whom the viewer sees nothing, whether or not there is one.
 */
export async function loadUser(ctx: Ctx, user: string, period: Period, days: Days): Promise<UserPage> {
  allow(ctx.viewer, "usage.read");
  const isOwn = (ctx.viewer.submitters ?? []).includes(user);
  const theirs = sql`select w.key from ${workloads} w where w.key <> 0 and w.submitted_by = ${user}`;
  const cost = await findCostScope(ctx, {}, "usage");
  const seen = sql`c.workload_key in (${theirs}) ${cost.charged("c", "h.cluster_id")}`;
  const known = isOwn || (seesUsers(ctx.viewer) && (await isSeen(ctx, theirs, seen)));
  if (!known) throw new AppError("not_found", "There is no user of this name that you may see.");
  const [work, [total, teams, parts, byDay, costs]] = await Promise.all([
    loadTheirWork(ctx, isOwn, period, theirs),
    sumParts(ctx, sql`${seen} and c.day >= ${days.from} and c.day < ${days.until}`),
  ]);
  const all = total?.workloads ? charged(total) : { micros: 0, idleMicros: 0, gpuMilli: 0 };
  return {
    ...{ user, currency: ctx.ledger.currency, own: isOwn, work },
    sums: { ...all, workloads: total?.workloads ?? 0 },
    partly: ctx.viewer.projects !== "all" && !isOwn,
    teams: teams.map((t) => ({ key: t.key, name: cost.teamName(t.key).name, ...charged(t) })),
    projects: parts.map((p) => ({ key: p.key, name: p.name, ...charged(p) })),
    days: byDay.map((d) => ({ day: d.day, micros: d.micros, idleMicros: idleOf(d) })),
    costs: costs.map((w) => ({ key: w.key, name: w.name, project: w.project, ...charged(w) })),
  };
}

/** Charges as a whole, by team, project and day, and of the most expensive workloads. @param where a condition on `charges c`. */
function sumParts(ctx: Ctx, where: SQL) {
  return Promise.all([
    ctx.db.find<Sums & { workloads: number }>(
      sql`select cast(count(distinct c.workload_key) as bigint) as "workloads", ${SUMS} from ${chargesOf(ctx)} where ${where}`,
    ),
    ctx.db.all<Sums & { key: number }>(
      sql`select c.team_key as "key", ${SUMS} from ${chargesOf(ctx)} where ${where} group by c.team_key order by sum(c.amount_micros) desc`,
    ),
    ctx.db.all<Sums & { key: number; name: string }>(sql`select p.key as "key", p.name as "name", ${SUMS}
      from ${chargesOf(ctx)} join ${projects} p on p.key = c.project_key where ${where}
      group by p.key, p.name order by sum(c.amount_micros) desc, p.name`),
    ctx.db.all<Sums & { day: number }>(
      sql`select c.day as "day", ${SUMS} from ${chargesOf(ctx)} where ${where} group by c.day order by c.day`,
    ),
    ctx.db.all<Sums & Pick<UserCost, "key" | "name" | "project">>(sql`
      select o.key as "key", o.name as "name", p.name as "project", ${SUMS}
      from ${chargesOf(ctx)} join ${workloads} o on o.key = c.workload_key join ${projects} p on p.key = o.project_key
      where ${where} group by o.key, o.name, p.name order by sum(c.amount_micros) desc, o.key limit ${MOST}`),
  ]);
}

/** Whether the viewer sees anything of them: any workload for people who see all projects, for others a charge. */
async function isSeen(ctx: Ctx, theirs: SQL, seen: SQL): Promise<boolean> {
  const found =
    ctx.viewer.projects === "all"
      ? await ctx.db.find(sql`select 1 as one from (${theirs} limit 1) x`)
      : await ctx.db.find(sql`select 1 as one from ${chargesOf(ctx)} where ${seen} limit 1`);
  return found !== undefined;
}

/** What they ran, of the workloads that the viewer sees one by one; null for people who see money alone. */
async function loadTheirWork(ctx: Ctx, isOwn: boolean, period: Period, theirs: SQL): Promise<Work | null> {
  const { projects: seen, manages = [], workloads: oneByOne } = ctx.viewer;
  if (isOwn || (seen === "all" && oneByOne === undefined)) return loadWork(ctx, period, theirs);
  if (manages.length === 0) return null;
  const scope = await findScope(ctx, {});
  return loadWork(ctx, period, sql`${theirs}${scope.workloads("w")}`);
}
