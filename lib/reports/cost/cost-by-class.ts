import { CLASSES, classProperty, type UsageClass } from "@/lib/classes.ts";
import { exactMicros } from "@/lib/money.ts";
import { cluster, project, team } from "@/lib/reports/filters.ts";
import { findCostScope, wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";
import { addSpend, classSums, noSpend, readClassShares, readSpend } from "@/lib/reports/read/spend.ts";
import { defineReport, type Row } from "@/lib/reports/report.ts";
import { amountColumn, CURRENCY, GPU_HOURS, textColumns } from "./cost-columns.ts";

export const costByClass = defineReport({
  slug: "cost-by-class",
  group: "money",
  title: "Cost by class",
  description:
    "What GPU time cost by what it went into; then CPU and memory, imported cost, and corrections. Idle time costs what work costs.",
  parameters: { cluster, team, project },
  columns: [
    ...textColumns("class"),
    CURRENCY,
    amountColumn("amount"),
    amountColumn("usage_amount", "Usage at the prices in force"),
    amountColumn("shared_amount", "What policies moved"),
    GPU_HOURS,
  ],
  onPage: { isWhole: true },
  chart: { kind: "ranking", x: "class", y: "amount", title: "Cost by class" },
  async *load(ctx, period, parameters) {
    const days = wholeDaysOf(period);
    const cost = await findCostScope(ctx, parameters, "usage");
    const [spend, shares] = await Promise.all([
      readSpend(ctx, cost, days, ["teamKey"]),
      readClassShares(ctx, cost, days),
    ]);
    if (spend.length === 0) return;
    const sum = noSpend();
    for (const s of spend) addSpend(sum, s);
    const row = (name: string, usage: bigint, shared: bigint, milli: number | null, booked = 0n): Row => ({
      class: name,
      currency: ctx.ledger.currency,
      amount: exactMicros(usage + shared + booked),
      usage_amount: exactMicros(usage),
      shared_amount: exactMicros(shared),
      gpu_hours: milli,
    });
    const { exact } = sum;
    const milli = classSums(sum, "milli");
    const micros = (c: UsageClass): bigint => exact[classProperty(c, "micros")];
    const gpus = CLASSES.map((c) => row(c, micros(c), shares.get(c) ?? 0n, milli[c]));
    const ofGpus = CLASSES.reduce((sum, c) => sum + micros(c), 0n);
    yield [
      ...gpus,
      row("cpu and memory", exact.usageMicros - ofGpus, 0n, null),
      row("imported", 0n, exact.costMicros, null),
      row("corrections", 0n, 0n, null, exact.correctionMicros),
    ];
  },
});
