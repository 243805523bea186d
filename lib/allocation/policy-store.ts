import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { chargeSettings, sharePolicies } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";
import type { DatedSettings } from "./policies.ts";
import { type ChargeSettings, chargeSettingsSchema, type SharePolicy } from "./types.ts";

/** Every policy that ever held: which holds on a day follows from its first day. */
export function listPolicies(db: Reader): Promise<SharePolicy[]> {
  return db.all<SharePolicy>(sql`select ${columnsOf(sharePolicies, ["clusterId", "costClass", "fromDay", "method"])}
    from ${sharePolicies} order by cluster_id, cost_class, from_day`);
}

export async function listChargeSettings(db: Reader): Promise<DatedSettings[]> {
  const rows = await db.all(
    sql`select ${columnsOf(chargeSettings, ["fromDay", "settings"])} from ${chargeSettings} order by from_day`,
  );
  return rows.map((r) => ({ fromDay: r.fromDay, settings: chargeSettingsSchema.parse(JSON.parse(r.settings)) }));
}

/** One that begins on the same day for the same cluster and class is replaced. */
export function savePolicy(tx: Tx, policy: SharePolicy, by: string, now: Instant): Promise<void> {
  const { clusterId, costClass, fromDay } = sharePolicies;
  return tx.insert(sharePolicies, [{ ...policy, decidedBy: by, decidedAt: now }], {
    target: [clusterId, costClass, fromDay],
    update: "all",
  });
}

/** @returns how many there were: 1, or 0. */
export function deletePolicy(tx: Tx, { clusterId, costClass, fromDay }: Omit<SharePolicy, "method">): Promise<number> {
  return tx.run(sql`delete from ${sharePolicies}
    where cluster_id = ${clusterId} and cost_class = ${costClass} and from_day = ${fromDay}`);
}

export function saveSettings(
  tx: Tx,
  fromDay: number,
  settings: ChargeSettings,
  by: string,
  now: Instant,
): Promise<void> {
  const row = { fromDay, settings: JSON.stringify(settings), decidedBy: by, decidedAt: now };
  return tx.insert(chargeSettings, [row], { target: [chargeSettings.fromDay], update: "all" });
}
