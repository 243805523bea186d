import { type Reader, sql } from "@/db/client.ts";
import { hardware, unpriced } from "@/db/schema/index.ts";
import { type DayRow, loadDayRows } from "@/lib/budgets/series-load.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { type Sku, sumExactly } from "@/lib/money.ts";

export interface DaySpend {
  /** `YYYYMMDD`. */
  readonly day: number;
  /** Micro-units: usage, shares, imported cost and what is booked on the day. */
  readonly micros: number;
  /** Per cent of what should have been observed; null: nothing should. */
  readonly coveragePercent: number | null;
}

/**
 * Cost of each day in `[fromDay, untilDay)`, of one team or (0) of all, oldest first: what Spend shows for it, corrections that it booked
 * included. A day without any is not there.
 */
export async function listDaySpend(
  ctx: Pick<Ctx, "db" | "ledger" | "now">,
  teamKey: number,
  fromDay: number,
  untilDay: number,
): Promise<DaySpend[]> {
  const rows = await loadDayRows(ctx, "team", teamKey ? [teamKey] : null, { from: fromDay, until: untilDay });
  return [...Map.groupBy(rows, (row) => row.day)]
    .map(([day, own]) => {
      const sum = (of: (row: DayRow) => number) => sumExactly(own.map(of));
      const [observed, expected] = [sum((r) => r.observedMilli), sum((r) => r.expectedMilli)];
      const micros = sum((r) => r.flowMicros + r.fixedMicros);
      return { day, micros, coveragePercent: expected > 0 ? (100 * observed) / expected : null };
    })
    .sort((x, y) => x.day - y.day);
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

export interface UnpricedDay extends Pick<UnpricedSum, "what" | "sku"> {
  /** Day key. */
  readonly day: number;
}

/** Days in `[fromDay, untilDay)` on which something was used that has no price in force, in their order. */
export function listUnpricedDays(db: Reader, fromDay: number, untilDay: number): Promise<UnpricedDay[]> {
  return db.all(sql`select distinct u.day, case when u.sku = 'gpu' then h.gpu_model else u.sku end as what, u.sku
    from ${unpriced} u join ${hardware} h on h.key = u.hardware_key
    where u.day >= ${fromDay} and u.day < ${untilDay} order by 1, 2, 3`);
}
