import type { Ctx } from "@/lib/ctx.ts";
import { exactMicros } from "@/lib/money.ts";
import { exactIdleOf, exactTotalOf, type Spend } from "@/lib/reports/read/spend.ts";
import type { Cell, Column } from "@/lib/reports/report.ts";
import { percentOf } from "@/lib/units.ts";

const column = (key: string, unit: Column["unit"], description?: string): Column => ({
  key,
  header: key,
  unit,
  ...(description ? { description } : {}),
});

export const textColumns = (...keys: readonly string[]): Column[] => keys.map((key) => column(key, "text"));
export const amountColumn = (key: string, description?: string): Column => column(key, "money", description);
export const hoursColumn = (key: string, description?: string): Column => column(key, "milli-gpu-seconds", description);
export const CURRENCY: Column = column("currency", "text");
export const COVERAGE: Column = column(
  "coverage_percent",
  "percent",
  "Share of the time charged for which utilisation was observed",
);

const AMOUNT = amountColumn("amount", "Usage, shares, imported cost and corrections together");
const USAGE = amountColumn("usage_amount", "Usage at the prices in force");
const SHARED = amountColumn("shared_amount", "What policies moved of capacity that nobody held");
const IMPORTED = amountColumn("imported_amount", "Cost that other systems billed");
const CORRECTED = amountColumn(
  "correction_amount",
  "Corrections of closed periods and answers to disputes, on the first day of the period that books them",
);
const IDLE = amountColumn("idle_amount", "Of the usage: held without activity");
export const GPU_HOURS = hoursColumn("gpu_hours", "Charged");
export const UNPRICED = hoursColumn(
  "gpu_hours_unpriced",
  "Metered and without an amount: no price covers it, or its day is not charged yet",
);

/** What every report of money ends with. */
export const COST_COLUMNS: readonly Column[] = [
  CURRENCY,
  AMOUNT,
  USAGE,
  SHARED,
  IMPORTED,
  CORRECTED,
  IDLE,
  GPU_HOURS,
  UNPRICED,
  COVERAGE,
];

/** The cells of COST_COLUMNS. Without any charge the amounts are unknown, and so is what is unpriced where nobody can know it. */
export function costCells(
  { ledger }: Ctx,
  spend: Spend | undefined,
  unpricedMilli: number | null,
): Record<string, Cell> {
  const of = (value: (s: Spend) => bigint): Cell => (spend ? exactMicros(value(spend)) : null);
  return {
    currency: ledger.currency,
    amount: of(exactTotalOf),
    usage_amount: of((s) => s.exact.usageMicros),
    shared_amount: of((s) => s.exact.shareMicros),
    imported_amount: of((s) => s.exact.costMicros),
    correction_amount: of((s) => s.exact.correctionMicros),
    idle_amount: of(exactIdleOf),
    gpu_hours: spend?.gpuMilli ?? null,
    gpu_hours_unpriced: unpricedMilli,
    coverage_percent: spend ? percentOf(spend.observedMilli, spend.expectedMilli) : null,
  };
}
