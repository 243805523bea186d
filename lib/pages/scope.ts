import type { SQL } from "drizzle-orm";
import { sql } from "@/db/client.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { listVisibleProjects } from "@/lib/reports/read/scope.ts";

/** What the reader narrowed a page to. */
export interface Filters {
  /** A cluster's id. */
  readonly cluster?: string | undefined;
  /** A project's key. */
  readonly project?: number | undefined;
}

/** Where every loader starts: the rows of usage that this viewer may see, and asked for. */
export interface Scope {
  /** True when nobody's capacity belongs to the answer: the viewer sees all, and did not narrow to a project. */
  readonly whole: boolean;
  /** `and …` over a column that holds a project's key. */
  projects(column: string): SQL;
  /** `and …` over a column that holds a hardware key. */
  hardware(column: string): SQL;
  /** `and …` over a column that holds a cluster's id. */
  cluster(column: string): SQL;
}

/** The viewer's projects as keys of the projects table; null: all of them. */
async function visibleProjects(ctx: Ctx): Promise<readonly number[] | null> {
  return ctx.viewer.projects === "all" ? null : (await listVisibleProjects(ctx)).map((p) => p.key);
}

/** An `in (…)` list; one that matches nothing when it is empty. */
export const listSql = (values: readonly (number | string)[]): SQL =>
  values.length
    ? sql`(${sql.join(
        values.map((v) => sql`${v}`),
        sql`, `,
      )})`
    : sql`(null)`;

/** The viewer's scope, narrowed by the filters of the page. */
export async function scopeOf(ctx: Ctx, filters: Filters): Promise<Scope> {
  const visible = await visibleProjects(ctx);
  const { project, cluster } = filters;
  const hardwareKeys = cluster
    ? (await ctx.db.all<{ key: number }>(sql`select key from hardware where cluster_id = ${cluster}`)).map((r) => r.key)
    : null;
  return {
    whole: visible === null && project === undefined,
    projects: (column) => {
      const parts: SQL[] = [];
      if (project !== undefined) parts.push(sql` and ${sql.raw(column)} = ${project}`);
      if (visible) parts.push(sql` and ${sql.raw(column)} in ${listSql(visible)}`);
      return sql.join(parts, sql``);
    },
    hardware: (column) => (hardwareKeys ? sql` and ${sql.raw(column)} in ${listSql(hardwareKeys)}` : sql``),
    cluster: (column) => (cluster ? sql` and ${sql.raw(column)} = ${cluster}` : sql``),
  };
}
