import { CELL } from "@/lib/insights/cells/cell.ts";
import {
  CLEAR,
  cellsOfHours,
  covered,
  lossOf,
  milliOf,
  point,
  spanText,
  UNKNOWN,
} from "@/lib/insights/rules/measure.ts";
import { defineRule } from "@/lib/insights/rules/rule.ts";
import { idleEvidence, neverActive, powerDisagrees } from "./judge-idle.ts";

/** The predecessor's "Zero GPU Utilization", on what was observed and with every family of signals agreeing. */
export const allocatedUnused = defineRule({
  slug: "allocated-unused",
  version: 1,
  group: "suspicious",
  topic: "waste",
  title: "Allocated, never used",
  meaning: "The workload has held its cards since it started without using them once.",
  advice: "Check that the program finds its GPUs; run it on a CPU node if it needs none.",
  stops: true,
  severity: "warning",
  audience: "owner",
  measured: { precision: 1, recall: 1 },
  subject: "workload",
  thresholds: {
    after_minutes: { value: 120, help: "minutes held without any activity" },
    serving_hours: { value: 24, help: "the same for inference, in hours" },
  },
  lookback: () => cellsOfHours(24),
  judge: (view, end, t) => {
    const life = neverActive(view, end);
    if ("kind" in life) return life;
    const { held, minutes, from } = life;
    const needed = view.facts.category === "Deploy" ? t.serving_hours * 60 : t.after_minutes;
    const quiet = Math.min(...held.map((s) => s.sum("quiet", from, end)));
    if (minutes < needed || quiet < Math.min(needed * 60, (end - from) * CELL) * 0.8) return CLEAR;
    if (!view.slots.every((s) => covered(s, from, end)) || held.some((s) => powerDisagrees(s, from, end)))
      return UNKNOWN;
    const evidence = [
      point("life", `Never active in the ${spanText(minutes * 60)} since it started.`, minutes, needed, 2),
      ...idleEvidence(held, from, end, quiet),
    ];
    return { kind: "fires", evidence, since: from, milli: milliOf(held) };
  },
  lost: (view, index) => lossOf(view.heldIn(index), index, ["deadIdle", "idleHeld", "warm"]),
});
