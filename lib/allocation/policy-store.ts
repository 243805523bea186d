import { type Reader, sql } from "@/db/client";
import { chargeSettings, sharePolicies } from "@/db/schema";
import type { DatedSettings } from "./policies.ts";
import { chargeSettingsSchema, type SharePolicy } from "./types.ts";

/** Every policy that ever held: which holds on a day follows from its first day. */
export function listPolicies(db: Reader): Promise<SharePolicy[]> {
  return db.all(sql`select cluster_id as "clusterId", cost_class as "costClass", from_day as "fromDay", method
    from ${sharePolicies} order by cluster_id, cost_class, from_day`);
}

export async function listChargeSettings(db: Reader): Promise<DatedSettings[]> {
  const rows = await db.all<{ fromDay: number; settings: string }>(
    sql`select from_day as "fromDay", settings from ${chargeSettings} order by from_day`,
  );
  return rows.map((r) => ({ fromDay: r.fromDay, settings: chargeSettingsSchema.parse(JSON.parse(r.settings)) }));
}
