import { sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { alertChannels, alertRules, apiTokens, priceProposals, units, users } from "@/db/schema/index.ts";
import { allow } from "@/lib/auth/allow.ts";
import { type ActFilter, type AuditEntry, countActs, findActs, recordAct } from "@/lib/auth/audit-store.ts";
import { listGrantNames } from "@/lib/auth/grant-names-load.ts";
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

/** Tables whose rows entries are about: the first part of a subject, the column of its second part, and the column of the name. */
const NAMED = [
  ["user", users, "key", "email"],
  ["token", apiTokens, "id", "name"],
  ["unit", units, "key", "name"],
  ["channel", alertChannels, "key", "name"],
  ["alert-rule", alertRules, "key", "name"],
  ["proposal", priceProposals, "id", "title"],
] as const;

/**
 * What subjects and actors of some entries are called, such as `token/ab12` → "monthly export"; teams and projects also where a change
 * names them. @param acts one page of the record. @throws AppError `forbidden`.
 */
export async function loadAuditNames(
  ctx: Ctx,
  acts: readonly Pick<AuditEntry, "subject" | "actorId" | "before" | "after">[],
): Promise<ReadonlyMap<string, string>> {
  allow(ctx.viewer, "audit.read");
  const texts = acts.map((a) => `${a.subject} ${a.actorId} ${a.before ?? ""} ${a.after ?? ""}`).join(" ");
  const found = await Promise.all(
    NAMED.map(([kind, table, id, name]) => {
      const wanted = new Set(
        [...texts.matchAll(new RegExp(`\\b${kind}(?:/|Key":)([\\w-]+)`, "g"))].map(([, value = ""]) => value),
      );
      const keys = id === "key" ? [...wanted].filter((k) => /^\d{1,15}$/.test(k)).map(Number) : [...wanted];
      return ctx.db.all<{ id: string; name: string }>(sql`
        select cast(${sql.raw(id)} as text) as "id", ${sql.raw(name)} as "name" from ${table}
        where ${sql.raw(id)} in ${inList(keys)}`);
    }),
  );
  const { teams, projects } = await listGrantNames(ctx.db);
  return new Map([
    ...NAMED.flatMap(([kind], i) => (found[i] ?? []).map((row) => [`${kind}/${row.id}`, row.name] as const)),
    ...[...teams].map(([key, name]) => [`team/${key}`, name] as const),
    ...[...projects].map(([key, name]) => [`project/${key}`, name] as const),
  ]);
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
