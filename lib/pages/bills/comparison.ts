import { sql } from "@/db/client.ts";
import { chargedDays } from "@/db/schema/index.ts";
import { needAllTeams } from "@/lib/auth/visible-teams.ts";
import { type Comparison, compareBills, eachDay, onDay, withoutTwice } from "@/lib/bills/compare.ts";
import { listBillLines } from "@/lib/bills/store.ts";
import type { Basis } from "@/lib/bills/types.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { addExactly, exactMicros } from "@/lib/money.ts";
import { readTrend } from "@/lib/reports/cost/cost-trend.ts";
import { type Days, findCostScope } from "@/lib/reports/read/cost-scope.ts";

export interface BillComparison extends Comparison {
  readonly teamName: (key: number) => string;
}

/** What clouds billed for GPUs against what the ledger charged, by team. @throws AppError `forbidden` for who does not see all teams. */
export async function loadBillComparison(ctx: Ctx, days: Days, basis: Basis): Promise<BillComparison> {
  needAllTeams(ctx.viewer);
  const span = { fromDay: days.from, untilDay: days.until };
  const scope = await findCostScope(ctx, {}, "team");
  const [lines, rows, charged] = await Promise.all([
    listBillLines(ctx.db, span.fromDay, span.untilDay),
    readTrend(ctx, scope, days, "day"),
    ctx.db.all<{ day: number }>(sql`select day from ${chargedDays}
      where day >= ${span.fromDay} and day < ${span.untilDay} and metered_revision > 0`),
  ]);
  const known = new Set(charged.map((row) => row.day));
  const amounts = rows.map((row) => ({
    ...{ day: row.fromDay, teamKey: row.teamKey, micros: exactMicros(row.exact.usageMicros + row.exact.shareMicros) },
    milliHours: Math.round(row.gpuMilli / 3600),
  }));
  return {
    ...compareBills(span, lines, basis, amounts, (day) => known.has(day)),
    teamName: (key) => (key === 0 ? "" : scope.teamName(key).name),
  };
}

export interface BilledRow {
  readonly day: number;
  readonly teamKey: number;
  readonly gpu: string;
  readonly service: string;
  readonly category: string;
  micros: number;
}

/** What clouds billed on each day, by team, GPU and service. @throws AppError `forbidden` for who does not see all teams. */
export async function loadBilled(
  ctx: Ctx,
  days: Days,
  basis: Basis,
): Promise<{ rows: readonly BilledRow[]; teamName: (key: number) => string }> {
  needAllTeams(ctx.viewer);
  const scope = await findCostScope(ctx, {}, "team");
  const sums = new Map<string, BilledRow>();
  for (const line of withoutTwice(await listBillLines(ctx.db, days.from, days.until)))
    for (const day of eachDay(line)) {
      if (day < days.from || day >= days.until) continue;
      const { teamKey, gpu, service, category } = line;
      const key = JSON.stringify([day, teamKey, gpu, service, category]);
      const sum = sums.get(key) ?? { day, teamKey, gpu, service, category, micros: 0 };
      sum.micros = addExactly(sum.micros, onDay(line, basis, day));
      sums.set(key, sum);
    }
  const rows = [...sums.values()].sort((a, b) => a.day - b.day || a.teamKey - b.teamKey || b.micros - a.micros);
  return { rows, teamName: (key) => (key === 0 ? "" : scope.teamName(key).name) };
}
