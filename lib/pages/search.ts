import { sql } from "@/db/client.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { findScope } from "@/lib/reports/read/scope.ts";
import { containsSql } from "./workloads.ts";

export interface Found {
  readonly label: string;
  readonly hint: string;
  readonly path: string;
}

/** Projects and workloads whose name holds the text, the newest workloads first; a few of each. */
export async function searchEverything(ctx: Ctx, text: string): Promise<Found[]> {
  const scope = await findScope(ctx, {});
  const wanted = text.trim().slice(0, 100);
  const contains = (column: string) => containsSql(ctx.db.dialect, column, wanted);
  const [projects, workloads] = await Promise.all([
    ctx.db.all<{ key: number; name: string }>(sql`
      select key as "key", name as "name" from projects
      where key <> 0 and ${contains("name")} ${scope.projects("key")} order by name limit 6`),
    ctx.db.all<{ key: number; name: string; project: string }>(sql`
      select w.key as "key", w.name as "name", p.name as "project" from workloads w join projects p on p.key = w.project_key
      where w.key <> 0 and ${contains("w.name")} ${scope.workloads("w")}
      order by w.created_at desc limit 10`),
  ]);
  return [
    ...projects.map((p) => ({ label: p.name, hint: "Project", path: `/projects/${p.key}` })),
    ...workloads.map((w) => ({ label: w.name, hint: `Workload in ${w.project}`, path: `/workloads/${w.key}` })),
  ];
}
