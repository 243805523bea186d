import { sql } from "@/db/client.ts";
import { spendMonths } from "@/db/schema/index.ts";
import type { Ctx } from "@/lib/ctx.ts";

/**
 * Whether anything is charged to anybody. What a team used is seen as it is charged to it: before that, people who see teams alone see nothing,
 * and should read why. Not asked for people who see every project, or no team.
 */
export async function isAnythingCharged({ db, viewer }: Pick<Ctx, "db" | "viewer">): Promise<boolean> {
  if (viewer.projects === "all" || !viewer.manages?.length) return true;
  return (await db.find(sql`select 1 as "one" from ${spendMonths} limit 1`)) !== undefined;
}
