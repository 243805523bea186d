import { randomUUID } from "node:crypto";
import { sql, type Tx } from "@/db/client.ts";
import { insightEvents, insightExceptions, insightFindings } from "@/db/schema/index.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Instant } from "@/lib/time.ts";
import type { FindingRow } from "./types.ts";

/** What a person said of a finding. */
export interface Said {
  /** `acknowledged`, `snoozed`, `disputed`, `resolved`; empty: nothing stands any more. */
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
