import { sql } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inList } from "@/db/in-list.ts";
import { auditLog, sessions } from "@/db/schema/index.ts";
import { allow } from "@/lib/auth/allow.ts";
import type { AuditEntry } from "@/lib/auth/audit-store.ts";
import type { Action } from "@/lib/auth/permissions.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { DAY, type Instant } from "@/lib/time.ts";

export interface Changes {
  readonly sinceAt: Instant;
  /** Whether that is the viewer's sign-in before this one, and not just the last days. */
  readonly sinceSignIn: boolean;
  /** The newest first, at most as many as asked for. */
  readonly acts: readonly AuditEntry[];
  readonly count: number;
}

/** Acts that change what teams are charged, or how it is booked. */
export const MONEY_ACTS: readonly Action[] = [
  "prices.propose",
  "prices.decide",
  "rates.record",
  "teams.edit",
  "policies.edit",
  "charges.renew",
  "costs.import",
  "periods.close",
  "lines.review",
  "lines.answer",
  "budgets.edit",
  "burst.switch",
];

const USUAL_DAYS = 7;

/**
 * What others and the viewer did since the viewer's sign-in before this one; of the last week for people without one.
 * @param of only these actions; null: all but those about people's own way in and downloads. @throws AppError `forbidden`.
 */
export async function loadChanges(ctx: Ctx, of: readonly Action[] | null, most: number): Promise<Changes> {
  allow(ctx.viewer, "audit.read");
  const earlier = await findEarlierSignIn(ctx);
  const sinceAt = earlier ?? ctx.now() - USUAL_DAYS * DAY;
  const which = of
    ? sql`action in ${inList(of)}`
    : sql`action not in ('session', 'download', 'audit.read', 'tokens.own')`;
  const [acts, counted] = await Promise.all([
    ctx.db.all<AuditEntry>(sql`select ${columnsOf(auditLog)} from ${auditLog}
      where at >= ${sinceAt} and ${which} order by at desc, id limit ${most}`),
    ctx.db.find<{ n: number }>(
      sql`select cast(count(*) as bigint) as n from ${auditLog} where at >= ${sinceAt} and ${which}`,
    ),
  ]);
  return { sinceAt, sinceSignIn: earlier !== null, acts, count: counted?.n ?? 0 };
}

/** When the person signed in the time before this one; null: never, or that was too long ago to be kept. */
async function findEarlierSignIn({ db, viewer }: Ctx): Promise<Instant | null> {
  if (viewer.userKey === undefined) return null;
  const rows = await db.all<{ at: number }>(sql`select created_at as "at" from ${sessions}
    where user_key = ${viewer.userKey} order by created_at desc limit 2`);
  return rows[1]?.at ?? null;
}
