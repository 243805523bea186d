import { type Reader, sql, type Tx } from "@/db/client.ts";
import { alertPreferences, alertUnsubscribes } from "@/db/schema/index.ts";
import type { Preference } from "@/lib/alerts/recipients-load.ts";
import type { Instant } from "@/lib/time.ts";

export async function savePreference(tx: Tx, preference: Preference, now: Instant): Promise<void> {
  const target = [alertPreferences.userKey, alertPreferences.kind];
  await tx.insert(alertPreferences, [{ ...preference, changedAt: now }], { target, update: "all" });
}

/** @returns whether there was one. */
export async function deletePreference(tx: Tx, userKey: number, kind: string): Promise<boolean> {
  return (await tx.run(sql`delete from ${alertPreferences} where user_key = ${userKey} and kind = ${kind}`)) > 0;
}

/** A link was used. */
export async function markUsed(tx: Tx, tokenHash: string, userKey: number, kind: string, now: Instant): Promise<void> {
  await tx.insert(alertUnsubscribes, [{ tokenHash, userKey, kind, usedAt: now }], {
    target: [alertUnsubscribes.tokenHash],
    update: [],
  });
}

export async function isUsed(db: Reader, tokenHash: string): Promise<boolean> {
  return (
    (await db.find(sql`select token_hash as hash from ${alertUnsubscribes} where token_hash = ${tokenHash}`)) !==
    undefined
  );
}
