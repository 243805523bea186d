import type { Ctx } from "@/lib/ctx.ts";
import { exactMicros } from "@/lib/money.ts";
import { compareKeys } from "@/lib/order.ts";
import { cluster, team } from "@/lib/reports/filters.ts";
import { oneOf } from "@/lib/reports/parameter.ts";
import { type CostScope, type Days, findCostScope, wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";
import { comparedDays } from "@/lib/reports/read/period-before.ts";
import { exactTotalOf, readSpend } from "@/lib/reports/read/spend.ts";
import { readSharedCost, readWorkloadCost } from "@/lib/reports/read/workload-cost.ts";
import { defineReport, linkCells } from "@/lib/reports/report.ts";
import { dateOf, dayKey } from "@/lib/time.ts";
import { amountColumn, CURRENCY, hoursColumn, textColumns } from "./cost-columns.ts";

export const MOVERS = ["team", "project", "user"] as const;
export type MoverKind = (typeof MOVERS)[number];

export interface Mover {
  /** Empty: of none. */
  readonly name: string;
  /** Of the team or project; 0 for users, and for what is of none. */
  readonly key: number;
  readonly nowMicros: bigint;
  readonly beforeMicros: bigint;
  readonly nowMilli: number;
  readonly beforeMilli: number;
}

/** Who spends more or less than in the days before, the largest change first. Unchanged ones are left out. */
export async function readMovers(ctx: Ctx, cost: CostScope, by: MoverKind, now: Days, before: Days): Promise<Mover[]> {
  const [a, b] = await Promise.all([readSums(ctx, cost, by, now), readSums(ctx, cost, by, before)]);
  const keys = new Set([...a.keys(), ...b.keys()]);
  return [...keys]
    .map((id): Mover => {
      const [x, y] = [a.get(id), b.get(id)];
      const { name, key } = (x ?? y) as Summed;
      return {
        name,
        key,
        nowMicros: x?.micros ?? 0n,
        beforeMicros: y?.micros ?? 0n,
        nowMilli: x?.milli ?? 0,
        beforeMilli: y?.milli ?? 0,
      };
    })
    .filter((m) => m.nowMicros !== m.beforeMicros)
    .sort((x, y) => size(y) - size(x) || compareKeys([x.name], [y.name]));
}

const size = (m: Mover): number => Math.abs(Number(m.nowMicros - m.beforeMicros));

interface Summed {
  readonly name: string;
  readonly key: number;
  micros: bigint;
  milli: number;
}

async function readSums(ctx: Ctx, cost: CostScope, by: MoverKind, days: Days): Promise<Map<string, Summed>> {
  const out = new Map<string, Summed>();
  const add = (name: string, key: number, micros: bigint, milli: number) => {
    const id = by === "user" ? name : String(key);
    const sum = out.get(id) ?? { name, key, micros: 0n, milli: 0 };
    sum.micros += micros;
    sum.milli += milli;
    out.set(id, sum);
  };
  if (by === "team")
    for (const s of await readSpend(ctx, cost, days, ["teamKey"]))
      add(cost.teamName(s.teamKey).name, s.teamKey, exactTotalOf(s), s.gpuMilli);
  else if (by === "project")
    for (const s of await readSpend(ctx, cost, days, ["projectKey"]))
      add(cost.project(s.projectKey)?.name ?? "", s.projectKey, exactTotalOf(s), s.gpuMilli);
  else {
    for (const c of await readWorkloadCost(ctx, cost, days)) add(c.user, 0, c.exact.usageMicros, c.gpuMilli);
    const shared = await readSharedCost(ctx, cost, days);
    if (shared) add("", 0, exactTotalOf(shared), 0);
  }
  return out;
}

const by = oneOf({
  name: "by",
  label: "Grouping",
  help: "by team, project or user",
  any: "By team",
  noun: "grouping",
  values: MOVERS,
});

export const topMovers = defineReport({
  slug: "top-movers",
  group: "money",
  empty:
    "There is nothing to compare with: the ledger has to have charged all of the days before, too. Choose a later period, or take a filter away.",
  title: "Top movers",
  description:
    "Whose cost changed most against the period before: complete days with as many before, whole months with the months before. Empty where no day is complete, or the ledger began since.",
  parameters: { cluster, team, by },
  columns: [
    ...textColumns("name"),
    CURRENCY,
    amountColumn("change"),
    amountColumn("amount"),
    amountColumn("amount_before"),
    hoursColumn("gpu_hours"),
    hoursColumn("gpu_hours_before"),
  ],
  chart: { kind: "change", x: "name", y: "change", title: "Change of cost" },
  async *load(ctx, period, parameters) {
    const today = dayKey(dateOf(ctx.now(), ctx.ledger.zone));
    const compared = await comparedDays(ctx, wholeDaysOf(period), today);
    const cost = await findCostScope(ctx, parameters, parameters.by === "team" ? "team" : "usage");
    if (!compared?.pair) return;
    const movers = await readMovers(ctx, cost, parameters.by, compared.pair.now, compared.pair.before);
    yield movers.map((m) => ({
      ...linkCells(0, parameters.by === "project" ? m.key : 0),
      name: m.name,
      currency: ctx.ledger.currency,
      change: exactMicros(m.nowMicros - m.beforeMicros),
      amount: exactMicros(m.nowMicros),
      amount_before: exactMicros(m.beforeMicros),
      gpu_hours: m.nowMilli,
      gpu_hours_before: m.beforeMilli,
    }));
  },
});
