import { cellsOfHours, lossOf } from "@/lib/insights/rules/measure.ts";
import { defineRule } from "@/lib/insights/rules/rule.ts";
import { judgeIdle } from "./judge-idle.ts";

export const deadIdle = defineRule({
  slug: "dead-idle",
  version: 1,
  group: "idle",
  title: "Dead idle",
  meaning: "All cards of the workload are allocated, compute nothing and hold almost no memory.",
  advice: "Stop the workload, or suspend it until it is needed: no state on the cards would be lost.",
  stops: true,
  severity: "warning",
  audience: "owner",
  measured: { precision: 1, recall: 1 },
  subject: "workload",
  thresholds: { after_minutes: { value: 30, help: "minutes without any activity" } },
  lookback: () => cellsOfHours(24),
  judge: (view, end, t) => judgeIdle(view, end, "deadIdle", t.after_minutes),
  lost: (view, index) => lossOf(view.heldIn(index), index, ["deadIdle"]),
});
