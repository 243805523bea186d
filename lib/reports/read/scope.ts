import { type Reader, sql } from "@/db/client.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { suggest } from "./near-names.ts";

/** The filters that reports take, each the name or the id of something, as a person typed it. */
export type Filters = {
  readonly cluster?: string | undefined;
  readonly project?: string | undefined;
  readonly user?: string | undefined;
};

export interface ScopeProject {
  readonly key: number;
  readonly clusterId: string;
  readonly id: string;
  readonly name: string;
  readonly department: string;
}

/** What a report may count: where every loader starts. */
export interface Scope {
  /** Keys of the projects to count; null: every row, also of no project. */
  readonly projectKeys: readonly number[] | null;
  /** Rows of nobody belong: the viewer sees everything and named no project. */
  readonly nobody: boolean;
  /** Ids of the clusters asked for; null: all. */
  readonly clusterIds: ReadonlySet<string> | null;
  readonly user: string | undefined;
  project(key: number): ScopeProject | undefined;
  clusterName(id: string): string;
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
  const clusters = await listClusters(ctx.db);
  const visible = await listVisibleProjects(ctx);
  const seesAll = ctx.viewer.projects === "all";
  const seen = seesAll ? clusters : clusters.filter((c) => visible.some((p) => p.clusterId === c.id));
  const clusterIds = filters.cluster === undefined ? null : matchCluster(filters.cluster, seen);
  const inCluster = visible.filter((p) => !clusterIds || clusterIds.has(p.clusterId));
  const chosen = filters.project === undefined ? inCluster : matchProject(filters.project, inCluster);
  const keys = chosen.map((p) => p.key);
  const narrowed = !seesAll || filters.project !== undefined || clusterIds !== null;
  if (filters.user !== undefined) await checkUser(ctx.db, filters.user, narrowed ? new Set(keys) : null);
  const byKey = new Map(chosen.map((p) => [p.key, p]));
  const names = new Map(clusters.map((c) => [c.id, c.name]));
  return {
    projectKeys: narrowed ? keys : null,
    nobody: seesAll && filters.project === undefined && filters.user === undefined,
    clusterIds,
    user: filters.user,
    project: (key) => byKey.get(key),
    clusterName: (id) => names.get(id) || id,
  };
}

async function listClusters(db: Reader): Promise<Cluster[]> {
  return db.all<Cluster>(sql`select id, name from clusters`);
}

function matchCluster(wanted: string, clusters: readonly Cluster[]): ReadonlySet<string> {
  const found = clusters.filter((c) => c.name === wanted || c.id === wanted);
  if (!found.length) throw unknown("cluster", wanted, clusters);
  return new Set(found.map((c) => c.id));
}

function matchProject(wanted: string, projects: readonly ScopeProject[]): readonly ScopeProject[] {
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
  return new AppError("not_found", `There is no ${what} "${wanted}".${suggest(wanted, names)}`);
}
