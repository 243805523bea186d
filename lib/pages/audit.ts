import { allow } from "@/lib/auth/allow.ts";
import { type ActFilter, type AuditEntry, countActs, findActs, recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";

/** One page of the record, and how many acts match. @param page from 1. @throws AppError `forbidden`. */
export async function loadAudit(
  ctx: Ctx,
  filter: ActFilter,
  page: number,
  size: number,
): Promise<{ acts: readonly AuditEntry[]; count: number }> {
  allow(ctx.viewer, "audit.read");
  const [acts, count] = await Promise.all([
    findActs(ctx.db, filter, size, (page - 1) * size),
    countActs(ctx.db, filter),
  ]);
  return { acts, count };
}

const STEP = 500;

/**
 * Every act that matches, page by page, the newest first. Puts on record that it was read before the first page: the file holds
 * that act, too, where it matches. @throws AppError `forbidden`.
 */
export async function* readAudit(ctx: Ctx, filter: ActFilter): AsyncGenerator<readonly AuditEntry[]> {
  allow(ctx.viewer, "audit.read");
  await ctx.db.write((tx) =>
    recordAct(tx, ctx, {
      action: "audit.read",
      subject: "audit/download",
      before: null,
      after: filter,
      reason: "",
    }),
  );
  let after: AuditEntry | undefined;
  for (;;) {
    const rows: readonly AuditEntry[] = await findActs(ctx.db, filter, STEP, after);
    yield rows;
    after = rows.at(-1);
    if (rows.length < STEP || !after) return;
  }
}
