import { type Reader, sql } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { charges, shares, unpriced } from "@/db/schema/index.ts";
import { pickClasses } from "@/lib/classes.ts";
import { byIdentity, byShare } from "./charge.ts";
import type { DayCharges } from "./day.ts";
import type { Charge, Share, Unpriced } from "./types.ts";

type ChargeRow = typeof charges.$inferSelect & Pick<Charge, "sku" | "priceClass">;

/** A day's charges, shares and unpriced usage as they are stored, in the order of their identity. */
export async function loadCharges(db: Reader, day: number): Promise<Omit<DayCharges, "teamDays">> {
  const [rows, moved, lacking] = await Promise.all([
    db.all<ChargeRow>(sql`select ${columnsOf(charges)} from ${charges} where day = ${day}`),
    db.all<Share>(sql`select ${columnsOf(shares)} from ${shares} where day = ${day}`),
    db.all<Unpriced>(sql`select ${columnsOf(unpriced)} from ${unpriced} where day = ${day}`),
  ]);
  // In an order of our own: databases do not agree on that of texts.
  return { charges: rows.map(nested).sort(byIdentity), shares: moved.sort(byShare), unpriced: lacking };
}

/** A row with its classes apart, as calculations have it. */
function nested(row: ChargeRow): Charge {
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
