import {
  CLEAR,
  cellsOfHours,
  covered,
  GONE,
  lossOf,
  milliOf,
  percentText,
  point,
  UNKNOWN,
} from "@/lib/insights/rules/measure.ts";
import { defineRule } from "@/lib/insights/rules/rule.ts";

export const warmServing = defineRule({
  slug: "warm-serving",
  version: 1,
  group: "idle",
  title: "Warm serving",
  meaning: "An inference service keeps its model on the cards and waits for requests most of the time.",
  advice:
    "Share the card with another service (fractions, MIG), or scale to zero while no request comes. Waiting is what a service does: nobody did anything wrong.",
  severity: "info",
  audience: "owner",
  measured: { precision: 1, recall: 1 },
  subject: "workload",
  thresholds: {
    window_hours: { value: 24, help: "hours that are looked at" },
    waiting_percent: { value: 60, help: "share of the time without a request" },
  },
  closeAfter: 8,
  lookback: (t) => cellsOfHours(t.window_hours),
  judge: (view, end, t) => {
    const held = view.heldIn(end - 1);
    if (!held.length) return GONE;
    if (view.facts.category !== "Deploy") return CLEAR;
    const from = Math.max(0, end - cellsOfHours(t.window_hours));
    const length = Math.max(...held.map((s) => s.held(from, end)));
    // A service is judged by a quarter of the window at least.
    if (length < (t.window_hours * 3600) / 4) return CLEAR;
    if (!held.every((s) => covered(s, from, end))) return UNKNOWN;
    const warm = held.reduce((sum, s) => sum + s.sum("warm", from, end), 0);
    const observed = held.reduce((sum, s) => sum + s.observed(from, end), 0);
    const percent = (100 * warm) / observed;
    if (percent < t.waiting_percent) return CLEAR;
    const evidence = [
      point("utilisation", `Waits for requests ${percentText(percent)} of the time.`, percent, t.waiting_percent, 2),
      point(
        "memory",
        `Holds ${(Math.max(...held.map((s) => s.max("memoryMax", from, end))) / 1024).toFixed(1)} GiB.`,
        Math.max(...held.map((s) => s.max("memoryMax", from, end))),
      ),
    ];
    return { kind: "fires", evidence, since: from, milli: milliOf(held) };
  },
  lost: (view, index) => lossOf(view.heldIn(index), index, ["warm"]),
});
