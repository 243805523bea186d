import { sql } from "@/db/client.ts";
import { mayDo } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { listVisibleTeams } from "@/lib/reports/read/cost-scope.ts";
import { findScope } from "@/lib/reports/read/scope.ts";

/** What a page of one thing is about. */
export type Titled = "team" | "project" | "workload";

const KEY = /^[1-9]\d{0,8}$/;

/** The name of a team, project or workload that the viewer may see, for the title of its page. @returns null: no such thing for them. */
export async function nameOf(ctx: Ctx, kind: Titled, given: string): Promise<string | null> {
  if (!KEY.test(given)) return null;
  const key = Number(given);
  if (kind === "team") return (await listVisibleTeams(ctx)).find((t) => t.key === key)?.name ?? null;
  if (!mayDo(ctx.viewer, kind === "workload" ? "workloads.read" : "usage.read")) return null;
  const scope = await findScope(ctx, {});
  if (kind === "project") return scope.opens(key) ? (scope.project(key)?.name ?? null) : null;
  const found = await ctx.db.find<{ name: string }>(
    sql`select w.name as "name" from workloads w where w.key = ${key} and w.key <> 0${scope.workloads("w")}`,
  );
  return found?.name ?? null;
}
