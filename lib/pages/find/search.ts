import { sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { mayDo } from "@/lib/auth/allow.ts";
import { visibleTeams } from "@/lib/auth/visible-teams.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { seesUsers } from "@/lib/pages/users.ts";
import { containsSql } from "@/lib/pages/workloads.ts";
import { loadPeriods } from "@/lib/periods/load.ts";
import { listReports } from "@/lib/reports/index.ts";
import { listTeams } from "@/lib/reports/read/cost-scope.ts";
import { findScope, type Scope } from "@/lib/reports/read/scope.ts";
import { mayReadReport } from "@/lib/reports/report.ts";

export interface Found {
  readonly label: string;
  readonly hint: string;
  readonly path: string;
}

/** Of each kind; workloads, which are many, have more. */
const MOST = 5;
const MOST_WORKLOADS = 10;

/**
 * What the viewer may see whose name holds the text: teams and cost centres, projects, people who submit workloads, reports,
 * billing periods, and workloads, the newest first. A few of each.
 */
export async function searchEverything(ctx: Ctx, text: string): Promise<Found[]> {
  const scope = await findScope(ctx, {});
  const wanted = text.trim().slice(0, 100);
  const found = await Promise.all([
    findTeams(ctx, wanted),
    findProjects(ctx, scope, wanted),
    ...(mayDo(ctx.viewer, "workloads.read") || seesUsers(ctx.viewer) ? [findUsers(ctx, scope, wanted)] : []),
    findReports(ctx, wanted),
    findPeriods(ctx, wanted),
    ...(mayDo(ctx.viewer, "workloads.read") ? [findWorkloads(ctx, scope, wanted)] : []),
  ]);
  return found.flat();
}

const holds = (name: string, wanted: string): boolean => name.toLowerCase().includes(wanted.toLowerCase());

/** Teams whose total the viewer sees; whole for those who manage one, or read all. */
async function findTeams({ db, viewer }: Ctx, wanted: string): Promise<Found[]> {
  const mine = visibleTeams(viewer);
  const whole = mayDo(viewer, "teams.read");
  return (await listTeams(db))
    .filter((t) => mine === "all" || mine.includes(t.key))
    .map((t) => ({ ...t, open: whole || (viewer.manages ?? []).includes(t.key) }))
    .filter((t) => holds(t.name, wanted) || (t.open && holds(t.costCentre, wanted)))
    .slice(0, MOST)
    .map((t) => ({
      label: t.name,
      hint: t.open && t.costCentre ? `Team, ${t.costCentre}` : "Team",
      path: t.open ? `/teams/${t.key}` : `/spend?team=${t.key}`,
    }));
}

async function findProjects({ db }: Ctx, scope: Scope, wanted: string): Promise<Found[]> {
  const rows = await db.all<{ key: number; name: string }>(sql`select key as "key", name as "name" from projects
    where key <> 0 and ${containsSql(db.dialect, "name", wanted)} ${scope.projects("key")} order by name limit ${MOST}`);
  return rows.map((p) => ({ label: p.name, hint: "Project", path: `/projects/${p.key}` }));
}

/** Who sees the cost of every user finds each of them, also without seeing their workloads one by one. */
async function findUsers({ db, viewer }: Ctx, scope: Scope, wanted: string): Promise<Found[]> {
  const seen = viewer.projects === "all" && seesUsers(viewer) ? sql`` : scope.workloads("w");
  const rows = await db.all<{ user: string }>(sql`select distinct w.submitted_by as "user" from workloads w
    where w.key <> 0 and w.submitted_by <> '' and ${containsSql(db.dialect, "w.submitted_by", wanted)} ${seen}
    order by w.submitted_by limit ${MOST}`);
  const own = new Set(viewer.submitters);
  const open = await listOpenUsers(
    db,
    viewer,
    rows.map((r) => r.user),
  );
  return rows.map(({ user }) => {
    const name = encodeURIComponent(user);
    return open.has(user) || own.has(user)
      ? { label: user, hint: "User", path: `/users/${name}` }
      : { label: user, hint: "Workloads of", path: `/workloads?user=${name}` };
  });
}

/** Of some users those whose page is open to the viewer: see lib/pages/users.ts. */
async function listOpenUsers(db: Ctx["db"], { projects, manages = [] }: Ctx["viewer"], users: readonly string[]) {
  if (projects === "all") return new Set(users);
  if (manages.length === 0 || users.length === 0) return new Set<string>();
  const rows = await db.all<{ user: string }>(sql`select distinct w.submitted_by as "user" from workloads w
    join charges c on c.workload_key = w.key where w.submitted_by in ${inList(users)} and c.team_key in ${inList(manages)}`);
  return new Set(rows.map((r) => r.user));
}

const findReports = (ctx: Ctx, wanted: string): Found[] =>
  listReports()
    .filter((r) => mayReadReport(ctx, r) && (holds(r.title, wanted) || holds(r.slug, wanted)))
    .slice(0, MOST)
    .map((r) => ({ label: r.title, hint: "Report", path: `/reports/${r.slug}` }));

async function findPeriods(ctx: Ctx, wanted: string): Promise<Found[]> {
  // An id has a digit: other words need not ask.
  if (!mayDo(ctx.viewer, "statements.read") || !/\d/.test(wanted)) return [];
  const periods = await loadPeriods(ctx.db, ctx.ledger, ctx.now());
  return periods
    .filter(({ period }) => holds(period.id, wanted))
    .slice(-MOST)
    .reverse()
    .map(({ period, state }) => ({
      label: `Statements of ${period.id}`,
      hint: `Billing period, ${state}`,
      path: `/statements?of=${period.id}`,
    }));
}

async function findWorkloads({ db }: Ctx, scope: Scope, wanted: string): Promise<Found[]> {
  const rows = await db.all<{ key: number; name: string; project: string }>(sql`
    select w.key as "key", w.name as "name", p.name as "project" from workloads w join projects p on p.key = w.project_key
    where w.key <> 0 and ${containsSql(db.dialect, "w.name", wanted)} ${scope.workloads("w")}
    order by w.created_at desc limit ${MOST_WORKLOADS}`);
  return rows.map((w) => ({ label: w.name, hint: `Workload in ${w.project}`, path: `/workloads/${w.key}` }));
}
