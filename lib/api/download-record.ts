import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";

/**
 * Puts a download on record where it can hold what is everybody's: that of a person or token who sees every project. What
 * people take of their own teams and workloads is theirs, and not watched.
 */
export async function recordDownload(
  { db, viewer, now }: Pick<Ctx, "db" | "viewer" | "now">,
  file: string,
): Promise<void> {
  if (viewer.projects !== "all" || (viewer.kind !== "person" && viewer.kind !== "token")) return;
  const act = { action: "download", subject: `file/${file}`, before: null, after: null, reason: "" } as const;
  await db.write((tx) => recordAct(tx, { viewer, now }, act));
}
