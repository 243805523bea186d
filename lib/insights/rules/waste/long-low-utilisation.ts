import {
  CLEAR,
  cellsOfHours,
  GONE,
  milliOf,
  percentText,
  point,
  spanText,
  UNKNOWN,
  unusedLoss,
} from "@/lib/insights/rules/measure.ts";
import { defineRule } from "@/lib/insights/rules/rule.ts";

/** The predecessor's "Low Long-term Utilization" for GPUs: it compared CPU cores with a percentage. */
export const longLowUtilisation = defineRule({
  slug: "long-low-utilisation",
  version: 1,
  group: "suspicious",
  topic: "waste",
  title: "Low utilisation for long",
  meaning: "The cards of the workload were nearly unused over a whole day, though not always idle.",
  advice: "Look at where time goes (data loading, small batches), use fewer cards, or a part of one.",
  severity: "warning",
  audience: "owner",
  measured: { precision: 1, recall: 1 },
  subject: "workload",
  thresholds: {
    window_hours: { value: 24, help: "hours that are looked at" },
    mean_percent: { value: 10, help: "mean utilisation in percent" },
  },
  closeAfter: 4,
  lookback: (t) => cellsOfHours(t.window_hours),
  judge: (view, end, t) => {
    const held = view.heldIn(end - 1);
    if (!held.length) return GONE;
    if (view.facts.category === "Deploy") return CLEAR;
    const from = end - cellsOfHours(t.window_hours);
    if (from < 0 || (view.firstHeldAt(end) ?? Number.POSITIVE_INFINITY) > view.instant(from)) return CLEAR;
    const sum = (measure: "utilSum" | "observed" | "held") =>
      view.slots.reduce((total, s) => total + s.sum(measure, from, end) * s.facts.milli, 0);
    const observed = sum("observed");
    // Held for most of the window, and observed for most of that.
    if (sum("held") < 0.8 * milliOf(held) * t.window_hours * 3600) return CLEAR;
    if (observed < 0.8 * sum("held")) return UNKNOWN;
    const mean = sum("utilSum") / observed;
    if (mean >= t.mean_percent) return CLEAR;
    const evidence = [
      point(
        "utilisation",
        `Mean utilisation ${percentText(mean)} over the last ${spanText(t.window_hours * 3600)}.`,
        mean,
        t.mean_percent,
        2,
      ),
      point("coverage", `Observed ${percentText((100 * observed) / sum("held"))} of that time.`, observed, null, 0),
    ];
    return { kind: "fires", evidence, since: from, milli: milliOf(held) };
  },
  lost: (view, index) => unusedLoss(view, index),
});
