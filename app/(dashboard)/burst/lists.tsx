import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { count, day, gpuHours, moneyIn } from "@/components/tables/columns.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { sortRows, type TableColumn } from "@/components/tables/view.ts";
import { type BurstDay, type BurstView, loadBurst } from "@/lib/burst/burst-days.ts";
import { daysOfPeriod } from "@/lib/pages/teams.ts";
import { formatSeconds } from "@/lib/time.ts";

export const BURST_NAMES = tableNames();

/** Burst capacity by day, the newest first. */
export async function readBurst(input: PageInput): Promise<Listed<BurstDay> & { readonly burst: BurstView }> {
  const burst = await loadBurst(input.ctx, daysOfPeriod(input.period, input.billingZone));
  const money = moneyIn(input.ctx.ledger.currency);
  const columns: readonly TableColumn<BurstDay>[] = [
    day("day", "Day", (d) => d.day),
    count("seconds", "On for", (d) => d.seconds, { header: "seconds_on", draw: formatSeconds, total: true }),
    money("burst", "Burst cost", (d) => d.micros, {
      header: "burst_cost",
      lead: true,
      labelled: true,
      total: true,
      unknown: "It was on without a rate",
      title: "Rate × time that it was on; not in the ledger",
    }),
    gpuHours("over-quota-hours", "Over quota", (d) => d.overQuotaMilli, {
      header: "over_quota_gpu_hours",
      total: true,
    }),
    money("over-quota", "Charged for it", (d) => d.overQuotaMicros, {
      header: "over_quota_cost",
      total: true,
      title: "What the ledger charged at the price class over-quota",
    }),
  ];
  const view = readView(input, columns, { label: "Days", path: "/burst", list: "burst" });
  return { burst, view, rows: sortRows([...burst.days].reverse(), view) };
}
