import type { SQL } from "drizzle-orm";
import { type Reader, sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { charges, spendMonths } from "@/db/schema/index.ts";
import type { Ctx, Viewer } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { shortName, suggest } from "./near-names.ts";

/** What narrows a page or report, each the name or the id of something, as a person typed it. */
export type Filters = {
  readonly cluster?: string | undefined;
  /** A number is a key, as links of pages have it: of a project that is not visible there is nothing, and no error. */
  readonly project?: string | number | undefined;
  readonly user?: string | undefined;
};

export interface ScopeProject {
  readonly key: number;
  readonly clusterId: string;
  readonly id: string;
  readonly name: string;
  readonly department: string;
}

/** What a page or report may count: where every loader starts. */
export interface Scope {
  /** Keys of the projects to count; null: every row, also of no project. */
  readonly projectKeys: readonly number[] | null;
  /** Rows of nobody belong: the viewer sees everything and named no project. */
  readonly nobody: boolean;
  /** Every workload belongs, and not only those of some projects, people or teams. */
  readonly everyWorkload: boolean;
  /** Ids of the clusters asked for; null: all. */
  readonly clusterIds: ReadonlySet<string> | null;
  readonly user: string | undefined;
  /** Those in which the viewer sees anything, by name. */
  readonly clusterChoices: readonly Cluster[];
  /** Sums of projects do not do: the viewer sees single workloads of some, and no filter names a project. */
  readonly byWorkload: boolean;
  /** A project that the viewer may see, or in which they see workloads: its name is no secret to them. */
  project(key: number): ScopeProject | undefined;
  /** Whether the viewer sees the project whole, and so its page. */
  opens(key: number): boolean;
  clusterName(id: string): string;
  /** `and …` over a column that holds a project's key. */
  projects(column: string | SQL): SQL;
  /**
   * `and …` over rows of `workloads` under an alias: of visible projects, the viewer's own whatever their project, and those charged to a
   * team that the viewer manages.
   */
  workloads(alias: string): SQL;
  /** `and …` over a column that holds a hardware key: that of the clusters asked for. */
  hardware(column: string): SQL;
  /** `and …` over a column that holds a cluster's id. */
  clusters(column: string): SQL;
}

interface Cluster {
  readonly id: string;
  readonly name: string;
}

/** The projects that the viewer may see: the one place that decides it, for reports and pages. */
export async function listVisibleProjects({ db, viewer }: Ctx): Promise<readonly ScopeProject[]> {
  const all = await db.all<ScopeProject>(
    sql`select key, cluster_id as "clusterId", id, name, department_name as "department" from projects where key <> 0`,
  );
  if (viewer.projects === "all") return all;
  const allowed = new Set(viewer.projects);
  return all.filter((p) => allowed.has(`${p.clusterId}/${p.id}`));
}

/**
 * The viewer's projects, narrowed by the filters.
 * @param about money is seen workload by workload by the person who sees it; how GPUs are used is not (viewer.workloads).
 * @throws AppError `not_found` with the nearest names that the viewer may see, for a filter that names none of them.
 */
export async function findScope(ctx: Ctx, filters: Filters, about: "usage" | "money" = "usage"): Promise<Scope> {
  const { viewer } = ctx;
  const [clusters, visible, touched] = await Promise.all([
    listAllClusters(ctx.db),
    listVisibleProjects(ctx),
    listTouchedProjects(ctx),
  ]);
  const seesAll = viewer.projects === "all";
  const known = [...visible, ...touched];
  const seen = seesAll ? clusters : clusters.filter((c) => known.some((p) => p.clusterId === c.id));
  const clusterIds = filters.cluster === undefined ? null : matchCluster(filters.cluster, seen);
  const inCluster = visible.filter((p) => !clusterIds || clusterIds.has(p.clusterId));
  const chosen = filters.project === undefined ? inCluster : matchProject(filters.project, inCluster);
  const keys = chosen.map((p) => p.key);
  const narrowed = !seesAll || filters.project !== undefined;
  const within = (column: string | SQL, values: Iterable<string | number> | null) =>
    values ? sql` and ${typeof column === "string" ? sql.raw(column) : column} in ${inList(values)}` : sql``;
  const bySum = seesAll && viewer.workloads !== undefined && about === "usage";
  const oneByOne = new Set(viewer.workloads);
  const wholeKeys = bySum ? chosen.filter((p) => oneByOne.has(`${p.clusterId}/${p.id}`)).map((p) => p.key) : keys;
  const workloads = (alias: string): SQL => {
    const named = within(`${alias}.project_key`, narrowed && (seesAll || filters.project !== undefined) ? keys : null);
    if (seesAll && !bySum) return named;
    return filters.project !== undefined && !bySum ? named : sql`${named}${workloadsOf(viewer, alias, wholeKeys)}`;
  };
  if (filters.user !== undefined)
    await checkUser(ctx.db, filters.user, sql`${workloads("w")}${within("w.cluster_id", clusterIds)}`);
  const hardwareKeys = clusterIds && (await listHardware(ctx.db, clusterIds));
  const byKey = new Map(known.map((p) => [p.key, p]));
  const whole = new Set(visible.map((p) => p.key));
  const names = new Map(clusters.map((c) => [c.id, c.name]));
  return {
    projectKeys: narrowed ? keys : null,
    nobody: seesAll && filters.project === undefined && filters.user === undefined,
    everyWorkload: seesAll && !bySum && filters.project === undefined,
    clusterIds,
    user: filters.user,
    clusterChoices: seen,
    byWorkload: filters.project === undefined && touched.some((p) => !whole.has(p.key)),
    project: (key) => byKey.get(key),
    opens: (key) => whole.has(key),
    clusterName: (id) => names.get(id) || id,
    projects: (column) => within(column, narrowed ? keys : null),
    workloads,
    hardware: (column) => within(column, hardwareKeys),
    clusters: (column) => within(column, clusterIds),
  };
}

function workloadsOf({ submitters = [], manages = [] }: Viewer, alias: string, projectKeys: readonly number[]): SQL {
  const column = (name: string) => sql.raw(`${alias}.${name}`);
  const charged = manages.length
    ? sql` or exists (select 1 from ${charges} c where c.workload_key = ${column("key")} and c.team_key in ${inList(manages)})`
    : sql``;
  return sql` and (${column("project_key")} in ${inList(projectKeys)} or ${column("submitted_by")} in ${inList(submitters)}${charged})`;
}

/** Projects in which the viewer sees workloads: their own, or ones that a team of theirs was charged for. */
function listTouchedProjects({ db, viewer }: Ctx): Promise<readonly ScopeProject[]> {
  const { projects, submitters = [], manages = [] } = viewer;
  if (projects === "all" || submitters.length + manages.length === 0) return Promise.resolve([]);
  return db.all<ScopeProject>(sql`
    select p.key, p.cluster_id as "clusterId", p.id, p.name, p.department_name as "department" from projects p
    where p.key <> 0 and (p.key in (select w.project_key from workloads w where w.submitted_by in ${inList(submitters)})
      or p.key in (select s.project_key from ${spendMonths} s where s.team_key in ${inList(manages)}))`);
}

const listAllClusters = (db: Reader) => db.all<Cluster>(sql`select id, name from clusters order by name, id`);

async function listHardware(db: Reader, clusterIds: ReadonlySet<string>): Promise<number[]> {
  const rows = await db.all<{ key: number }>(sql`select key from hardware where cluster_id in ${inList(clusterIds)}`);
  return rows.map((r) => r.key);
}

/** By id, as links give it; else by name, which several may have. */
function matchCluster(wanted: string, clusters: readonly Cluster[]): ReadonlySet<string> {
  const byId = clusters.filter((c) => c.id === wanted);
  const found = byId.length ? byId : clusters.filter((c) => c.name === wanted);
  if (!found.length) throw unknown("cluster", wanted, clusters);
  return new Set(found.map((c) => c.id));
}

function matchProject(wanted: string | number, projects: readonly ScopeProject[]): readonly ScopeProject[] {
  if (typeof wanted === "number") return projects.filter((p) => p.key === wanted);
  const found = projects.filter((p) => [p.name, p.id, `${p.clusterId}/${p.id}`].includes(wanted));
  if (!found.length) throw unknown("project", wanted, projects);
  return found;
}

async function checkUser(db: Reader, wanted: string, visible: SQL): Promise<void> {
  const users = await db.all<{ name: string }>(
    sql`select distinct w.submitted_by as "name" from workloads w where true ${visible}`,
  );
  if (!users.some((u) => u.name === wanted)) throw unknown("user", wanted, users);
}

function unknown(what: string, wanted: string, there: readonly { name: string }[]): AppError {
  const names = there.map((t) => t.name);
  return new AppError("not_found", `There is no ${what} "${shortName(wanted)}".${suggest(wanted, names)}`);
}
