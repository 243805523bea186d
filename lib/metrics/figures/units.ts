import { loadBurst } from "@/lib/burst/burst-days.ts";
import { defineGroup, type Sample, samplesOf } from "@/lib/metrics/metric.ts";
import { addDays, dateOf, dayKey } from "@/lib/time.ts";
import { BASES } from "@/lib/unit-costs/types.ts";
import { loadUnitViews } from "@/lib/unit-costs/unit-views.ts";

/** A single day of few requests says little: as the alert rule looks at it. */
const DAYS = 7;
const LABELS = ["unit", "name"] as const;

/** What one of something costs, over the last seven days that are over. What is unknown has no sample. */
export const unitGroup = defineGroup({
  name: "units",
  metrics: [
    {
      name: "gpu_ledger_unit_cost",
      type: "gauge",
      help: "What one of a unit cost over the last 7 days that are over, of those whose count and cost are known: everything charged (allocation), or time in which cards worked (usage).",
      labels: [...LABELS, "basis", "currency"],
    },
    {
      name: "gpu_ledger_unit_target",
      type: "gauge",
      help: "What one of a unit may cost, on the unit's own basis.",
      labels: [...LABELS, "basis", "currency"],
    },
    {
      name: "gpu_ledger_unit_count_week",
      type: "gauge",
      help: "How many of a unit were counted on the known ones of the last 7 days that are over.",
      labels: LABELS,
    },
    {
      name: "gpu_ledger_unit_known_ratio",
      type: "gauge",
      help: "Part of the last 7 days that are over that has a count and a cost.",
      labels: LABELS,
    },
  ],
  async read(ctx) {
    const { currency, zone } = ctx.ledger;
    const until = dayKey(dateOf(ctx.now(), zone));
    const all = (await loadUnitViews(ctx, { from: addDays(until, -DAYS), until })).map((view) => ({
      ...view,
      labels: { unit: String(view.unit.key), name: view.unit.name },
    }));
    const perOne = (micros: number | null, per: number) => (micros === null ? null : micros / 1e6 / per);
    return {
      gpu_ledger_unit_cost: samplesOf(
        all.flatMap((view) => BASES.map((basis) => ({ ...view, basis, sum: view[basis] }))),
        ({ labels, basis }) => ({ ...labels, basis, currency }),
        ({ sum, unit }) => perOne(sum.unitMicros, unit.per),
      ),
      gpu_ledger_unit_target: samplesOf(
        all,
        ({ labels, unit }) => ({ ...labels, basis: unit.basis, currency }),
        ({ unit }) => perOne(unit.targetMicros, unit.per),
      ),
      gpu_ledger_unit_count_week: samplesOf(
        all,
        ({ labels }) => labels,
        ({ allocation }) => (allocation.known > 0 ? allocation.countMilli / 1000 : null),
      ),
      gpu_ledger_unit_known_ratio: samplesOf(
        all,
        ({ labels }) => labels,
        ({ allocation }) => (allocation.days > 0 ? allocation.known / allocation.days : null),
      ),
    };
  },
});

/** Capacity that is rented for a while, beside the ledger. */
export const burstGroup = defineGroup({
  name: "burst",
  metrics: [
    { name: "gpu_ledger_burst_on", type: "gauge", help: "1: burst capacity is on; 0: it is off.", labels: [] },
    {
      name: "gpu_ledger_burst_cost_per_hour",
      type: "gauge",
      help: "What an hour of burst capacity costs at the rate in force.",
      labels: ["currency"],
    },
    {
      name: "gpu_ledger_burst_cost_today",
      type: "gauge",
      help: "What burst capacity cost today so far. Absent: it was on without a rate.",
      labels: ["currency"],
    },
    {
      name: "gpu_ledger_burst_cost_month",
      type: "gauge",
      help: "What burst capacity cost in the calendar month so far. Absent: it was on without a rate.",
      labels: ["currency"],
    },
  ],
  async read(ctx) {
    const { currency, zone } = ctx.ledger;
    const today = dayKey(dateOf(ctx.now(), zone));
    const view = await loadBurst(ctx, { from: today, until: addDays(today, 1) });
    const money = (micros: number | null): Sample[] =>
      micros === null ? [] : [{ labels: { currency }, value: micros / 1e6 }];
    return {
      gpu_ledger_burst_on: [{ labels: {}, value: view.isOn ? 1 : 0 }],
      gpu_ledger_burst_cost_per_hour: money(view.rateMicros),
      gpu_ledger_burst_cost_today: money(view.today.micros),
      gpu_ledger_burst_cost_month: money(view.month.micros),
    };
  },
});
