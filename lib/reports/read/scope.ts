import type { SQL } from "drizzle-orm";
import { type Reader, sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { charges } from "@/db/schema/index.ts";
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
  /** Ids of the clusters asked for; null: all. */
  readonly clusterIds: ReadonlySet<string> | null;
  readonly user: string | undefined;
  /** A project that the viewer may see. */
  project(key: number): ScopeProject | undefined;
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
 * @throws AppError `not_found` with the nearest names that the viewer may see, for a filter that names none of them.
 */
export async function findScope(ctx: Ctx, filters: Filters): Promise<Scope> {
  const [clusters, visible] = await Promise.all([listAllClusters(ctx.db), listVisibleProjects(ctx)]);
  const seesAll = ctx.viewer.projects === "all";
  const seen = seesAll ? clusters : clusters.filter((c) => visible.some((p) => p.clusterId === c.id));
  const clusterIds = filters.cluster === undefined ? null : matchCluster(filters.cluster, seen);
  const inCluster = visible.filter((p) => !clusterIds || clusterIds.has(p.clusterId));
  const chosen = filters.project === undefined ? inCluster : matchProject(filters.project, inCluster);
  const keys = chosen.map((p) => p.key);
  const narrowed = !seesAll || filters.project !== undefined;
  if (filters.user !== undefined) await checkUser(ctx.db, filters.user, narrowed || clusterIds ? new Set(keys) : null);
  const hardwareKeys = clusterIds && (await listHardware(ctx.db, clusterIds));
  const byKey = new Map(visible.map((p) => [p.key, p]));
  const names = new Map(clusters.map((c) => [c.id, c.name]));
  const within = (column: string | SQL, values: Iterable<string | number> | null) =>
    values ? sql` and ${typeof column === "string" ? sql.raw(column) : column} in ${inList(values)}` : sql``;
  return {
    projectKeys: narrowed ? keys : null,
    nobody: seesAll && filters.project === undefined && filters.user === undefined,
    clusterIds,
    user: filters.user,
    project: (key) => byKey.get(key),
    clusterName: (id) => names.get(id) || id,
    projects: (column) => within(column, narrowed ? keys : null),
    workloads: (alias) =>
      seesAll || filters.project !== undefined
        ? within(`${alias}.project_key`, narrowed ? keys : null)
        : workloadsOf(ctx.viewer, alias, keys),
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

const listAllClusters = (db: Reader) => db.all<Cluster>(sql`select id, name from clusters`);

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

async function checkUser(db: Reader, wanted: string, projectKeys: ReadonlySet<number> | null): Promise<void> {
  const rows = await db.all<{ name: string; projectKey: number }>(
    sql`select distinct submitted_by as "name", project_key as "projectKey" from workloads`,
  );
  const users = rows.filter((r) => !projectKeys || projectKeys.has(r.projectKey));
  if (!users.some((u) => u.name === wanted)) throw unknown("user", wanted, users);
}

function unknown(what: string, wanted: string, there: readonly { name: string }[]): AppError {
  const names = there.map((t) => t.name);
  return new AppError("not_found", `There is no ${what} "${shortName(wanted)}".${suggest(wanted, names)}`);
}
