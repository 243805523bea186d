import { sql } from "@/db/client.ts";
import { hardware, shares, teamDays } from "@/db/schema/index.ts";
import { type ClassProperty, classColumn, classProperty, IDLE, type IdleClass } from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { compareKeys } from "@/lib/order.ts";
import { cluster, project, team } from "@/lib/reports/filters.ts";
import { readBooked } from "@/lib/reports/read/booked.ts";
import { type CostScope, type Days, findCostScope, wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";
import { addSpend, noSpend, type ReadSpend, readUnpriced, type Spend, spendRow } from "@/lib/reports/read/spend.ts";
import { defineReport } from "@/lib/reports/report.ts";
import { COST_COLUMNS, costCells, textColumns } from "./cost-columns.ts";

interface Place {
  readonly clusterId: string;
  readonly gpuModel: string;
}

export const costByModel = defineReport({
  slug: "cost-by-model",
  group: "money",
  title: "Cost by GPU model",
  description:
    "What each GPU model cost, what nobody held included. Rows without a model: CPU and memory of hosts without GPUs, imported cost, and answers to disputes.",
  parameters: { cluster, team, project },
  columns: [...textColumns("cluster", "gpu_model"), ...COST_COLUMNS],
  onPage: { isWhole: true },
  chart: { kind: "ranking", x: "gpu_model", y: "amount", title: "Cost by GPU model" },
  async *load(ctx, period, parameters) {
    const days = wholeDaysOf(period);
    const cost = await findCostScope(ctx, parameters, "usage");
    const [charged, moved, booked, unpriced] = await Promise.all([
      readCharged(ctx, cost, days),
      readMoved(ctx, cost, days),
      readBooked(ctx, cost, days),
      readUnpriced(ctx, cost, days),
    ]);
    const sums = new Map<string, Place & { spend?: Spend; milli: number }>();
    const of = ({ clusterId, gpuModel }: Place) => {
      const key = `${clusterId}\u0000${gpuModel}`;
      const sum = sums.get(key) ?? { clusterId, gpuModel, milli: 0 };
      sums.set(key, sum);
      return sum;
    };
    const corrected = booked.map((b) => spendRow({ ...b, correctionMicros: b.amountMicros }));
    for (const row of [...charged, ...moved, ...corrected]) {
      const sum = of(row);
      sum.spend ??= noSpend();
      addSpend(sum.spend, row);
    }
    for (const u of unpriced ?? []) of(u).milli += u.milli;
    yield [...sums.values()]
      .map((s) => {
        const cluster = s.clusterId ? cost.clusterName(s.clusterId) : "";
        const row = { cluster, gpu_model: s.gpuModel, ...costCells(ctx, s.spend, unpriced ? s.milli : null) };
        return { row, order: [cluster, s.gpuModel, s.clusterId] };
      })
      .sort((a, b) => compareKeys(a.order, b.order))
      .map(({ row }) => row);
  },
});

async function readCharged(ctx: Ctx, cost: CostScope, { from, until }: Days): Promise<(Spend & Place)[]> {
  type Charged = Place &
    Pick<
      ReadSpend,
      "usageMicros" | "gpuMilli" | "observedMilli" | "expectedMilli" | ClassProperty<"micros", IdleClass>
    >;
  const idle = IDLE.map((c) => `cast(sum(t.${classColumn(c, "micros")}) as text) as "${classProperty(c, "micros")}"`);
  const rows = await ctx.db.all<Charged>(sql`
    select h.cluster_id as "clusterId", h.gpu_model as "gpuModel", cast(sum(t.amount_micros) as text) as "usageMicros",
      cast(sum(case when t.sku = 'gpu' then t.quantity else 0 end) as bigint) as "gpuMilli",
      cast(sum(t.observed_milli) as bigint) as "observedMilli", cast(sum(t.expected_milli) as bigint) as "expectedMilli",
      ${sql.raw(idle.join(", "))}
    from ${teamDays} t join ${hardware} h on h.key = t.hardware_key
    where t.day >= ${from} and t.day < ${until}${cost.rows("t", "h.cluster_id")} group by h.cluster_id, h.gpu_model`);
  return rows.map((row) => spendRow(row));
}

async function readMoved(ctx: Ctx, cost: CostScope, { from, until }: Days): Promise<(Spend & Place)[]> {
  const rows = await ctx.db.all<Place & Pick<ReadSpend, "shareMicros" | "costMicros">>(sql`
    select s.cluster_id as "clusterId", coalesce(h.gpu_model, '') as "gpuModel",
      cast(sum(case when s.cost_class = 'shared' then 0 else s.amount_micros end) as text) as "shareMicros",
      cast(sum(case when s.cost_class = 'shared' then s.amount_micros else 0 end) as text) as "costMicros"
    from ${shares} s left join ${hardware} h on h.key = s.hardware_key and s.hardware_key <> 0
    where s.day >= ${from} and s.day < ${until}${cost.shares("s")} group by s.cluster_id, coalesce(h.gpu_model, '')`);
  return rows.map((row) => spendRow(row));
}
