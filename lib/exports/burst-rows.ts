import type { BurstDay } from "@/lib/burst/burst-days.ts";
import { COST_COLUMNS } from "@/lib/costs/csv.ts";
import { formatMicros } from "@/lib/money.ts";
import type { Column, Row } from "@/lib/reports/report.ts";
import { addDays, dateOfKey } from "@/lib/time.ts";

const column = (key: string, unit: Column["unit"], description: string, decimals?: number): Column => ({
  ...{ key, header: key, unit, description },
  ...(decimals === undefined ? {} : { decimals }),
});

/** Burst capacity by day: what the command line and the API give. */
export const BURST_COLUMNS: readonly Column[] = [
  column("day", "date", "Today so far, and days before"),
  column("hours_on", "decimal", "How long it was on", 4),
  column("currency", "text", "Of every amount of the row"),
  column("burst_cost", "money", "Rate × time; empty: it was on without a rate. Not in the ledger"),
  column("over_quota_gpu_hours", "milli-gpu-seconds", "Use above the quota"),
  column("over_quota_cost", "money", "What the ledger charged for it"),
];

export const burstRow = (d: BurstDay, currency: string): Row => ({
  ...{ day: dateOfKey(d.day), hours_on: d.seconds / 3600, currency, burst_cost: d.micros },
  ...{ over_quota_gpu_hours: d.overQuotaMilli, over_quota_cost: d.overQuotaMicros },
});

/** The columns of a file that `ledger costs import` reads. */
export const BURST_COST_COLUMNS: readonly Column[] = COST_COLUMNS.map((key) => column(key, "text", ""));

/** A day as a line of imported cost; null: nothing to bill, or nobody knows how much. @param team empty: shared cost. */
export const burstCostRow = ({ day, micros }: BurstDay, currency: string, team: string): Row | null =>
  micros === null || micros === 0
    ? null
    : {
        ...{ from: dateOfKey(day), until: dateOfKey(addDays(day, 1)), team, cluster: "", category: "Burst capacity" },
        ...{ description: `Burst capacity ${dateOfKey(day)}`, amount: formatMicros(micros), currency },
      };
