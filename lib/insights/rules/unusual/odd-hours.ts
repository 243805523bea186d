import {
  CLEAR,
  cellsOfHours,
  covered,
  GONE,
  milliOf,
  percentText,
  point,
  UNKNOWN,
} from "@/lib/insights/rules/measure.ts";
import { defineRule } from "@/lib/insights/rules/rule.ts";

export const oddHours = defineRule({
  slug: "odd-hours",
  version: 1,
  group: "suspicious",
  topic: "unusual",
  title: "Interactive work at night only",
  meaning: "An interactive workload was idle by day and under full load throughout the night.",
  advice:
    "A long run started in the evening is fine; it would be cheaper, and safer from a closed browser, as a training job.",
  severity: "info",
  audience: "admin",
  measured: { precision: 1, recall: 1 },
  subject: "workload",
  thresholds: {
    night_hours: { value: 5, help: "hours between 22 and 6 (billing time zone) with load" },
    busy_percent: { value: 60, help: "least mean utilisation of those hours" },
    day_percent: { value: 5, help: "highest mean utilisation between 9 and 19" },
  },
  closeAfter: 24,
  lookback: () => cellsOfHours(24),
  judge: (view, end, t) => {
    const held = view.heldIn(end - 1);
    if (!held.length) return GONE;
    const from = end - cellsOfHours(24);
    if (view.facts.category !== "Build" || from < 0) return CLEAR;
    if (held.some((s) => s.held(from, end) < 0.9 * 86_400)) return CLEAR;
    if (!held.every((s) => covered(s, from, end, 0.7))) return UNKNOWN;
    const sums = { night: [0, 0], day: [0, 0] };
    for (let i = from; i < end; i++) {
      const hour = view.facts.hourOf(view.instant(i));
      const part = hour >= 22 || hour < 6 ? sums.night : hour >= 9 && hour < 19 ? sums.day : null;
      if (!part) continue;
      for (const s of held) {
        part[0] = (part[0] as number) + s.sum("utilSum", i, i + 1);
        part[1] = (part[1] as number) + s.observed(i, i + 1);
      }
    }
    const [nightSum = 0, nightSeconds = 0] = sums.night;
    const [daySum = 0, daySeconds = 0] = sums.day;
    if (nightSeconds < t.night_hours * 3600 * held.length || daySeconds < 5 * 3600 * held.length) return CLEAR;
    const [night, day] = [nightSum / nightSeconds, daySum / daySeconds];
    if (night < t.busy_percent || day > t.day_percent) return CLEAR;
    const evidence = [
      point("time", `${percentText(night)} at night, ${percentText(day)} by day.`, night, t.busy_percent, 2),
      point("type", "Runs in an interactive workload.", 1),
    ];
    return { kind: "fires", evidence, since: from, milli: milliOf(held) };
  },
  lost: () => [],
});
