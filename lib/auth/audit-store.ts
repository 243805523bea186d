import { randomUUID } from "node:crypto";
import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inList } from "@/db/in-list.ts";
import { auditLog } from "@/db/schema/index.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Instant } from "@/lib/time.ts";
import { appendToChain } from "./chain/audit-chain-store.ts";
import type { AuditEntry } from "./chain/audit-entry.ts";
import type { Action } from "./permissions.ts";

/** What changed: `before` and `after` as plain values, null where there was or is nothing. */
export interface Act {
  /** `session`: what concerns somebody's own way in, which needs no permission; `download`: a file of what is everybody's. */
  readonly action: Action | "session" | "download";
  /** What it was done to, such as `proposal/3f2a` or `period/2026-10`. */
  readonly subject: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly reason: string;
}

/** One act on record, in the transaction of the act itself. */
export async function recordAct(tx: Tx, ctx: Pick<Ctx, "viewer" | "now">, act: Act): Promise<void> {
  const json = (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value));
  const entry: AuditEntry = {
    id: randomUUID(),
    at: ctx.now(),
    actorKind: ctx.viewer.kind,
    actorId: ctx.viewer.id,
    action: act.action,
    subject: act.subject,
    before: json(act.before),
    after: json(act.after),
    reason: act.reason,
  };
  await appendToChain(tx, entry);
  await tx.insert(auditLog, [entry]);
}

export type { AuditEntry };

/** The newest acts first; of one subject (and what is under it) where given. */
export function listActs(db: Reader, limit: number, subject?: string): Promise<AuditEntry[]> {
  const of = subject ? sql`where subject = ${subject} or subject like ${`${subject}/%`}` : sql``;
  return db.all(sql`select ${columnsOf(auditLog)} from ${auditLog} ${of} order by at desc, id limit ${limit}`);
}

/** Whether somebody did one of these since an instant, that second included. */
export async function actedSince(db: Reader, actions: readonly Action[], since: Instant): Promise<boolean> {
  const row = await db.find(
    sql`select 1 as one from ${auditLog} where at >= ${since} and action in ${inList(actions)} limit 1`,
  );
  return row !== undefined;
}

/** What to look for in the record; what is absent or empty narrows nothing. */
export interface ActFilter {
  /** First second, and the one after the last. */
  readonly start: Instant;
  readonly end: Instant;
  /** Part of the name of who did it; letters' case aside. */
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  /** Part of what it was done to; letters' case aside. */
  readonly subject?: string | undefined;
}

/** Where a page of the record goes on: after this act. */
type After = Pick<AuditEntry, "at" | "id">;

/** Acts that match, the newest first. @param from skips as many, or begins after an act. */
export function findActs(
  db: Reader,
  filter: ActFilter,
  limit: number,
  from: number | After = 0,
): Promise<AuditEntry[]> {
  const after = typeof from === "number" ? sql`` : sql`and (at < ${from.at} or (at = ${from.at} and id > ${from.id}))`;
  const skip = typeof from === "number" ? sql`offset ${from}` : sql``;
  return db.all(sql`select ${columnsOf(auditLog)} from ${auditLog} where ${matching(filter)} ${after}
    order by at desc, id limit ${limit} ${skip}`);
}

export async function countActs(db: Reader, filter: ActFilter): Promise<number> {
  const row = await db.find<{ n: number }>(
    sql`select cast(count(*) as bigint) as n from ${auditLog} where ${matching(filter)}`,
  );
  return row?.n ?? 0;
}

function matching({ start, end, actor, action, subject }: ActFilter) {
  const holds = (column: string, text: string) =>
    sql`and lower(${sql.raw(column)}) like ${`%${text.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`} escape ${"\\"}`;
  return sql`at >= ${start} and at < ${end} ${actor ? holds("actor_id", actor) : sql``}
    ${action ? sql`and action = ${action}` : sql``} ${subject ? holds("subject", subject) : sql``}`;
}
