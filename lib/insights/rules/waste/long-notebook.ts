import {
  CLEAR,
  cellsOfHours,
  covered,
  GONE,
  lossOf,
  milliOf,
  percentText,
  point,
  spanText,
  UNKNOWN,
} from "@/lib/insights/rules/measure.ts";
import { defineRule } from "@/lib/insights/rules/rule.ts";

export const longNotebook = defineRule({
  slug: "long-notebook",
  version: 1,
  group: "suspicious",
  topic: "waste",
  title: "Notebook for days",
  meaning: "An interactive workload has held its cards for days and uses them for a small part of the day.",
  advice: "Suspend it over night, or move long work into a training job.",
  stops: true,
  severity: "info",
  audience: "owner",
  measured: { precision: 1, recall: 1 },
  subject: "workload",
  thresholds: {
    after_hours: { value: 48, help: "hours since it first held a card" },
    active_percent: { value: 25, help: "most of the last day with activity" },
  },
  closeAfter: 4,
  lookback: () => cellsOfHours(24),
  judge: (view, end, t) => {
    const held = view.heldIn(end - 1);
    if (!held.length) return GONE;
    if (view.facts.category !== "Build") return CLEAR;
    const age = view.instant(end) - (view.firstHeldAt(end) ?? view.instant(end));
    if (age < t.after_hours * 3600) return CLEAR;
    const from = Math.max(0, end - cellsOfHours(24));
    const length = Math.max(...held.map((s) => s.held(from, end)));
    if (length < 20 * 3600) return CLEAR;
    if (!held.every((s) => covered(s, from, end, 0.7))) return UNKNOWN;
    const observed = held.reduce((sum, s) => sum + s.observed(from, end), 0);
    const quiet = held.reduce((sum, s) => sum + s.sum("quiet", from, end), 0);
    const active = 100 - (100 * quiet) / observed;
    if (active >= t.active_percent) return CLEAR;
    const evidence = [
      point("life", `Holds its cards for ${spanText(age)}.`, age / 3600, t.after_hours, 2),
      point("utilisation", `Active ${percentText(active)} of the last day.`, active, t.active_percent),
    ];
    return { kind: "fires", evidence, since: from, milli: milliOf(held) };
  },
  lost: (view, index) => lossOf(view.heldIn(index), index, ["deadIdle", "idleHeld"]),
});
