import { randomUUID } from "node:crypto";
import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { auditLog } from "@/db/schema/index.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Instant } from "@/lib/time.ts";
import type { Action } from "./permissions.ts";

/** What changed: `before` and `after` as plain values, null where there was or is nothing. */
export interface Act {
  /** `session`: what concerns somebody's own way in, which needs no permission. */
  readonly action: Action | "session";
  /** What it was done to, such as `proposal/3f2a` or `period/2026-10`. */
  readonly subject: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly reason: string;
}

/** One act on record, in the transaction of the act itself. */
export async function recordAct(tx: Tx, ctx: Pick<Ctx, "viewer" | "now">, act: Act): Promise<void> {
  const json = (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value));
  await tx.insert(auditLog, [
    {
      id: randomUUID(),
      at: ctx.now(),
      actorKind: ctx.viewer.kind,
      actorId: ctx.viewer.id,
      action: act.action,
      subject: act.subject,
      before: json(act.before),
      after: json(act.after),
      reason: act.reason,
    },
  ]);
}

export interface AuditEntry {
  readonly id: string;
  readonly at: Instant;
  readonly actorKind: string;
  readonly actorId: string;
  readonly action: string;
  readonly subject: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly reason: string;
}

/** The newest acts first; of one subject (and what is under it) where given. */
export function listActs(db: Reader, limit: number, subject?: string): Promise<AuditEntry[]> {
  const of = subject ? sql`where subject = ${subject} or subject like ${`${subject}/%`}` : sql``;
  return db.all(sql`select ${columnsOf(auditLog)} from ${auditLog} ${of} order by at desc, id limit ${limit}`);
}
