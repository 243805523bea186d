import { type Reader, sql } from "@/db/client.ts";
import { snake } from "@/db/columns.ts";
import { charges, shares, unpriced } from "@/db/schema/index.ts";
import { CLASS_PROPERTIES, type ClassRow, pickClasses } from "@/lib/classes.ts";
import { byIdentity, byShare } from "./charge.ts";
import type { DayCharges } from "./day.ts";
import type { Charge, Share, Unpriced } from "./types.ts";

const CLASS_COLUMNS = sql.raw(CLASS_PROPERTIES.map((p) => `${snake(p)} as "${p}"`).join(", "));

/** A day's charges, shares and unpriced usage as they are stored, in the order of their identity. */
export async function loadCharges(db: Reader, day: number): Promise<Omit<DayCharges, "teamDays">> {
  const [rows, moved, lacking] = await Promise.all([
    db.all<Omit<Charge, "classes"> & ClassRow>(sql`select day, hardware_key as "hardwareKey",
        workload_key as "workloadKey", sku, price_class as "priceClass", price_key as "priceKey",
        unit_price_nanos as "unitPriceNanos", team_key as "teamKey", project_key as "projectKey", quantity,
        amount_micros as "amountMicros", observed_milli as "observedMilli", expected_milli as "expectedMilli", ${CLASS_COLUMNS}
      from ${charges} where day = ${day}`),
    db.all<Share>(sql`select day, cluster_id as "clusterId", hardware_key as "hardwareKey", cost_class as "costClass",
        team_key as "teamKey", method, amount_micros as "amountMicros", weight, weight_total as "weightTotal"
      from ${shares} where day = ${day}`),
    db.all<Unpriced>(sql`select day, hardware_key as "hardwareKey", sku, price_class as "priceClass", quantity, reason
      from ${unpriced} where day = ${day}`),
  ]);
  // In an order of our own: databases do not agree on that of texts.
  return { charges: rows.map(nested).sort(byIdentity), shares: moved.sort(byShare), unpriced: lacking };
}

/** A row with its classes apart, as calculations have it. */
function nested(row: Omit<Charge, "classes"> & ClassRow): Charge {
  const { day, hardwareKey, workloadKey, sku, priceClass, priceKey, unitPriceNanos, teamKey, projectKey } = row;
  return {
    day,
    hardwareKey,
    workloadKey,
    sku,
    priceClass,
    priceKey,
    unitPriceNanos,
    teamKey,
    projectKey,
    quantity: row.quantity,
    amountMicros: row.amountMicros,
    observedMilli: row.observedMilli,
    expectedMilli: row.expectedMilli,
    classes: pickClasses(row),
  };
}
