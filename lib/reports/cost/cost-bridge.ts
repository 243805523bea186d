import { BRIDGE_PARTS, type BridgePart } from "@/lib/charges/bridge.ts";
import type { ExactMicros } from "@/lib/money.ts";
import { readBridge } from "@/lib/reports/explain/bridge-read.ts";
import { cluster, team } from "@/lib/reports/filters.ts";
import { findCostScope, wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";
import { comparedDays } from "@/lib/reports/read/period-before.ts";
import { defineReport } from "@/lib/reports/report.ts";
import { dateOf, dayKey } from "@/lib/time.ts";
import { amountColumn, CURRENCY, textColumns } from "./cost-columns.ts";

export const PART_MEANING: Readonly<Record<BridgePart, string>> = {
  calendar: "more or fewer days",
  volume: "more or less work on each day",
  mix: "other GPUs and terms for the same work",
  idle: "more or less time held without activity",
  unheld: "more or less capacity that nobody held",
  price: "other prices for the same time",
  policy: "other shares of what nobody held",
  imported: "cost that other systems billed",
  corrections: "of closed periods, and answers to disputes",
};

export const costBridge = defineReport({
  slug: "cost-bridge",
  group: "money",
  empty:
    "There is nothing to compare with: the ledger has to have charged all of the days before, too. Choose a later period, or take a filter away.",
  title: "Why cost changed",
  description:
    "The change against the period before, in parts that sum to it. Compared are complete days with as many before, whole months with the months before. Empty where no day is complete, or the ledger began since.",
  parameters: { cluster, team },
  columns: [...textColumns("step"), CURRENCY, amountColumn("amount"), ...textColumns("meaning")],
  chart: { kind: "bridge", x: "step", y: "amount", title: "From the period before to this one" },
  async *load(ctx, period, parameters) {
    const zone = ctx.ledger.zone;
    const compared = await comparedDays(ctx, wholeDaysOf(period), dayKey(dateOf(ctx.now(), zone)));
    const cost = await findCostScope(ctx, parameters, "team");
    const change = compared?.pair && (await readBridge(ctx, cost, compared.pair.now, compared.pair.before, zone));
    if (!change) return;
    const row = (step: string, amount: ExactMicros, meaning: string) => ({
      step,
      currency: ctx.ledger.currency,
      amount,
      meaning,
    });
    yield [
      row("before", change.beforeMicros, "cost of the period before"),
      ...BRIDGE_PARTS.map((part) => row(part, change.parts[part], PART_MEANING[part])),
      row("now", change.nowMicros, "cost of the period"),
    ];
  },
});
