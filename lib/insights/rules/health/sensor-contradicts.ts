import type { WorkloadView } from "@/lib/insights/cells/view.ts";
import { powerDisagrees } from "@/lib/insights/rules/idle/judge-idle.ts";
import { CLEAR, cardName, cellsOfMinutes, GONE, milliOf, point, spanText } from "@/lib/insights/rules/measure.ts";
import { defineRule } from "@/lib/insights/rules/rule.ts";

/** Seconds of contradiction in the last cells of a workload's slots, the largest of any slot. */
export const contradiction = (view: WorkloadView, end: number, cells: number): number =>
  Math.max(0, ...view.heldIn(end - 1).map((s) => s.sum("contradicted", Math.max(0, end - cells), end)));

export const sensorContradicts = defineRule({
  slug: "sensor-contradicts",
  version: 1,
  group: "sensor",
  title: "Sensors contradict each other",
  meaning: "Two families of counters say opposite things about a card, so nothing can be said about who uses it.",
  advice:
    "Restart the exporter (dcgm-exporter) on the node: profiling counters are known to stick at 0 after weeks, or after XID 31.",
  severity: "warning",
  audience: "admin",
  measured: { precision: 1, recall: 1 },
  subject: "workload",
  thresholds: { after_minutes: { value: 10, help: "minutes of contradiction within half an hour" } },
  lookback: () => cellsOfMinutes(30),
  judge: (view, end, t) => {
    const held = view.heldIn(end - 1);
    if (!held.length) return GONE;
    const from = Math.max(0, end - 2);
    const stuck = held.filter((s) => s.sum("contradicted", from, end) >= t.after_minutes * 60);
    const drawing = held.filter((s) => {
      const quiet = s.sum("quiet", from, end);
      return quiet >= t.after_minutes * 60 && quiet === s.observed(from, end) && powerDisagrees(s, from, end);
    });
    const slots = [...new Set([...stuck, ...drawing])];
    if (!slots.length) return CLEAR;
    const evidence = [
      ...stuck.slice(0, 4).map((s) => {
        const seconds = s.sum("contradicted", from, end);
        return point(
          "sm",
          `${cardName(s)}: SM activity 0 at 50 % utilisation or more for ${spanText(seconds)}.`,
          seconds / 60,
          t.after_minutes,
          2,
        );
      }),
      ...drawing
        .slice(0, 4)
        .map((s) => point("power", `${cardName(s)}: draws power as if it worked, with no activity read.`, 40, 40, 2)),
    ];
    return { kind: "fires", evidence, since: from, milli: milliOf(slots) };
  },
  lost: () => [],
});
