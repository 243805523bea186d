import { CLEAR, cellsOfHours, GONE, lossBy, milliOf, point, spanText, UNKNOWN } from "@/lib/insights/rules/measure.ts";
import { defineRule } from "@/lib/insights/rules/rule.ts";
import type { Instant, Interval } from "@/lib/time.ts";

/** Cells without a pod that lie between two tries: a controller waits longer after each. */
const BETWEEN = 2;

/** The most pods that ran at once: the runs of one follow each other. */
function mostAtOnce(runs: readonly Interval[]): number {
  const edges = runs.flatMap(({ start, end }): [Instant, number][] => [
    [start, 1],
    [end, -1],
  ]);
  edges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let level = 0;
  let most = 1;
  for (const [, change] of edges) {
    level += change;
    most = Math.max(most, level);
  }
  return most;
}

export const restartLoop = defineRule({
  slug: "restart-loop",
  version: 2,
  group: "suspicious",
  topic: "health",
  title: "Restarts again and again",
  meaning:
    "The pods or containers of the workload end shortly after they start, and start again: it holds cards and gets nowhere.",
  advice: "Look at the log of the last container that ended. Limit how often the job is tried again (backoffLimit).",
  severity: "warning",
  audience: "owner",
  measured: { precision: 1, recall: 1 },
  subject: "workload",
  thresholds: {
    window_hours: { value: 2, help: "hours that are looked at" },
    restarts: { value: 5, help: "least number of times that all its pods, or their containers, ended early" },
    life_minutes: { value: 15, help: "longest run of one that ended early" },
  },
  closeAfter: 4,
  lookback: (t) => cellsOfHours(t.window_hours),
  judge: (view, end, t) => {
    const { runs } = view.facts;
    const held = view.heldIn(end - 1);
    if (!held.length) {
      const before = Math.max(0, end - 1 - BETWEEN);
      return view.slots.some((s) => s.held(before, end) > 0) ? UNKNOWN : GONE;
    }
    if (!runs.length) return UNKNOWN;
    const until = view.instant(end);
    const from = until - t.window_hours * 3600;
    const within = runs.filter((p) => p.end > from && p.start < until);
    const early = within.filter((p) => p.end <= until && p.end - p.start <= t.life_minutes * 60);
    if (early.length < t.restarts) return CLEAR;
    const restarts = Math.floor(early.length / mostAtOnce(within));
    if (restarts < t.restarts) return CLEAR;
    const lives = early.map((p) => p.end - p.start).sort((a, b) => a - b);
    const usual = lives[Math.floor(lives.length / 2)] ?? 0;
    const evidence = [
      point("restarts", `${restarts} restarts in ${spanText(t.window_hours * 3600)}.`, restarts, t.restarts, 2),
      point("life", `A container usually ran for ${spanText(usual)}.`, usual / 60, t.life_minutes),
    ];
    return { kind: "fires", evidence, since: Math.max(0, end - cellsOfHours(t.window_hours)), milli: milliOf(held) };
  },
  lost: (view, index) => lossBy(view.heldIn(index), (s) => s.held(index, index + 1)),
});
