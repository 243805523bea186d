import { cellsOfHours, lossOf } from "@/lib/insights/rules/measure.ts";
import { defineRule } from "@/lib/insights/rules/rule.ts";
import { judgeIdle } from "./judge-idle.ts";

export const idleHeld = defineRule({
  slug: "idle-held",
  version: 1,
  group: "idle",
  title: "Idle, memory held",
  meaning: "All cards of the workload compute nothing while they hold memory, such as a model that nobody uses.",
  advice: "Save what is in memory and stop or suspend the workload; a notebook can be reopened later.",
  stops: true,
  severity: "warning",
  audience: "owner",
  measured: { precision: 1, recall: 0.989 },
  subject: "workload",
  thresholds: { after_minutes: { value: 60, help: "minutes without any activity" } },
  lookback: () => cellsOfHours(24),
  judge: (view, end, t) => judgeIdle(view, end, "idleHeld", t.after_minutes),
  lost: (view, index) => lossOf(view.heldIn(index), index, ["idleHeld"]),
});
