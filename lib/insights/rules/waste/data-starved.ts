import {
  CLEAR,
  cellsOfHours,
  heldThroughout,
  milliOf,
  percentText,
  point,
  unusedLoss,
  works,
} from "@/lib/insights/rules/measure.ts";
import { defineRule } from "@/lib/insights/rules/rule.ts";

export const dataStarved = defineRule({
  slug: "data-starved",
  version: 1,
  group: "suspicious",
  topic: "waste",
  title: "Starved of data",
  meaning:
    "A training job keeps its cards at low utilisation without pause, or works in short bursts: they wait for data.",
  advice: "Use more loader workers, larger batches, faster or local storage; profile one step.",
  severity: "warning",
  audience: "owner",
  measured: { precision: 1, recall: 1 },
  subject: "workload",
  thresholds: {
    window_hours: { value: 2, help: "hours that are looked at" },
    busy_percent: { value: 30, help: "utilisation that is reached at most 5 % of the time" },
    mean_percent: { value: 25, help: "highest mean utilisation" },
    quiet_percent: { value: 40, help: "most of the time without any activity" },
  },
  closeAfter: 4,
  lookback: (t) => cellsOfHours(t.window_hours),
  judge: (view, end, t) => {
    const window = heldThroughout(view, end, t.window_hours);
    if ("kind" in window) return window;
    if (view.facts.category !== "Train") return CLEAR;
    const { held, from } = window;
    const observed = held.reduce((sum, s) => sum + s.observed(from, end), 0);
    const share = (name: "quiet" | "below25" | "below50" | "below5") =>
      (100 * held.reduce((sum, s) => sum + s.sum(name, from, end), 0)) / observed;
    const mean = held.reduce((sum, s) => sum + s.sum("utilSum", from, end), 0) / observed;
    const quiet = share("quiet");
    if (quiet > t.quiet_percent || mean > t.mean_percent || mean < 1) return CLEAR;
    const rises = held.reduce((sum, s) => sum + s.sum("rises", from, end), 0) / held.length / t.window_hours;
    const flat = share(t.busy_percent <= 25 ? "below25" : "below50") >= 95;
    const bursts = rises >= 6 && share("below25") >= 60;
    if (!flat && !bursts) return CLEAR;
    // Bursts without work are looked at by another rule.
    if (!held.every((s) => works(s, from, end))) return CLEAR;
    const evidence = [
      point(
        "utilisation",
        `Mean utilisation ${percentText(mean)}; idle only ${percentText(quiet)} of the time.`,
        mean,
        t.mean_percent,
        2,
      ),
      flat
        ? point("distribution", `Nearly never above ${t.busy_percent <= 25 ? 25 : 50} %.`, share("below50"), 95)
        : point("bursts", `${rises.toFixed(0)} bursts an hour.`, rises, 6),
    ];
    return { kind: "fires", evidence, since: from, milli: milliOf(held) };
  },
  lost: (view, index) => unusedLoss(view, index),
});
