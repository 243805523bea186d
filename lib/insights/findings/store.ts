import { randomUUID } from "node:crypto";
import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { insightEvents, insightExceptions, insightFindings, projects } from "@/db/schema/index.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Instant } from "@/lib/time.ts";
import type { Exception, FindingRow } from "./types.ts";

/** What a person said of a finding. */
export interface Said {
  /** `acknowledged`, `snoozed`, `disputed`, `resolved`; empty: nothing stands now. */
  readonly standing: string;
  readonly reason: string;
  readonly until: Instant | null;
  readonly verdict: string;
  /** What it is called in the history. */
  readonly kind: string;
}

/**
 * Stores what a person said: it takes the place of what was said before, and the history keeps both.
 * @param seen what the person replies to.
 * @returns false where somebody else said something meanwhile: nothing is stored.
 */
export async function saveSaid(
  tx: Tx,
  ctx: Pick<Ctx, "now" | "viewer">,
  seen: Pick<FindingRow, "key" | "standing" | "standingAt">,
  said: Said,
): Promise<boolean> {
  const at = ctx.now();
  const by = ctx.viewer.id;
  const changed = await tx.run(sql`update ${insightFindings} set standing = ${said.standing}, standing_at = ${at},
    standing_by = ${by}, standing_reason = ${said.reason}, standing_until = ${said.until}
    where key = ${seen.key} and standing = ${seen.standing} and coalesce(standing_at, -1) = ${seen.standingAt ?? -1}`);
  if (changed === 0) return false;
  const { kind, reason, until, verdict } = said;
  await tx.insert(insightEvents, [{ id: randomUUID(), findingKey: seen.key, at, kind, by, reason, until, verdict }]);
  return true;
}

export interface NewException {
  readonly rule: string;
  readonly kind: string;
  readonly pattern: string;
  readonly reason: string;
  readonly expiresAt: Instant;
}

/** @returns its id. */
export async function addException(tx: Tx, ctx: Pick<Ctx, "now" | "viewer">, given: NewException): Promise<string> {
  const id = randomUUID();
  await tx.insert(insightExceptions, [{ id, ...given, createdBy: ctx.viewer.id, createdAt: ctx.now() }]);
  return id;
}

/** Exceptions, those in force first, then by their end, the latest first; those about a project with its name. */
export async function listExceptions(db: Reader, now: Instant): Promise<Exception[]> {
  const rows = await db.all(sql`select ${columnsOf(insightExceptions)} from ${insightExceptions}
    order by expires_at desc, id`);
  const named = await db.all<{ key: string; name: string }>(sql`select cast(p.key as text) as "key", p.name as "name"
    from ${projects} p where cast(p.key as text) in (select pattern from ${insightExceptions} where kind = 'project')`);
  const names = new Map(named.map((p) => [p.key, p.name]));
  return rows
    .map((row) => ({ ...row, name: (row.kind === "project" && names.get(row.pattern)) || row.pattern }))
    .sort((a, b) => Number(b.expiresAt > now) - Number(a.expiresAt > now));
}

/** Keys of the projects that a text names, by name or key. */
export async function projectsNamed(db: Reader, text: string): Promise<number[]> {
  const rows = await db.all<{ key: number }>(
    sql`select key as "key" from ${projects} where key <> 0 and (name = ${text} or cast(key as text) = ${text}) order by key`,
  );
  return rows.map((r) => r.key);
}

export async function findException(db: Reader, id: string): Promise<Omit<Exception, "name"> | undefined> {
  return db.find(sql`select ${columnsOf(insightExceptions)} from ${insightExceptions} where id = ${id}`);
}

/** @returns false if it had ended before. */
export async function endExceptionAt(tx: Tx, id: string, at: Instant): Promise<boolean> {
  const changed = await tx.run(
    sql`update ${insightExceptions} set expires_at = ${at} where id = ${id} and expires_at > ${at}`,
  );
  return changed > 0;
}
