import { type Reader, sql } from "@/db/client.ts";
import { hardware, spendDays, unpriced } from "@/db/schema/index.ts";
import type { Sku } from "@/lib/money.ts";

export interface DaySpend {
  /** `YYYYMMDD`. */
  readonly day: number;
  /** Micro-units: usage, shares and imported cost. */
  readonly micros: number;
  /** Per cent of what should have been observed; null: nothing should. */
  readonly coveragePercent: number | null;
}

/** Cost of each charged day in `[fromDay, untilDay)`, of one team or (0) of all, oldest first. A day without charges is not there. */
export async function listDaySpend(
  db: Reader,
  teamKey: number,
  fromDay: number,
  untilDay: number,
): Promise<DaySpend[]> {
  const of = teamKey ? sql`and team_key = ${teamKey}` : sql``;
  const rows = await db.all<{ day: number; micros: number; observed: number; expected: number }>(sql`select day,
      cast(sum(usage_micros + share_micros + cost_micros) as bigint) as micros,
      cast(sum(observed_milli) as bigint) as observed, cast(sum(expected_milli) as bigint) as expected
    from ${spendDays} where day >= ${fromDay} and day < ${untilDay} ${of} group by day order by day`);
  return rows.map(({ day, micros, observed, expected }) => ({
    ...{ day, micros },
    coveragePercent: expected > 0 ? (100 * observed) / expected : null,
  }));
}

export interface UnpricedSum {
  /** The GPU model, or the kind of resource. */
  readonly what: string;
  readonly sku: Sku;
  readonly quantity: number;
  readonly fromDay: number;
  readonly days: number;
}

/** Usage without a price in force, from a day on. */
export function listUnpriced(db: Reader, fromDay: number): Promise<UnpricedSum[]> {
  return db.all(sql`select case when u.sku = 'gpu' then h.gpu_model else u.sku end as what, u.sku,
      cast(sum(u.quantity) as bigint) as quantity, min(u.day) as "fromDay", cast(count(distinct u.day) as bigint) as days
    from ${unpriced} u join ${hardware} h on h.key = u.hardware_key where u.day >= ${fromDay}
    group by case when u.sku = 'gpu' then h.gpu_model else u.sku end, u.sku order by 1`);
}
