import { CLEAR, cellsOfHours, lossOf, milliOf, point, spanText, UNKNOWN } from "@/lib/insights/rules/measure.ts";
import { defineRule } from "@/lib/insights/rules/rule.ts";
import { idleEvidence, neverActive } from "./judge-idle.ts";

export const startingTooLong = defineRule({
  slug: "starting-too-long",
  version: 1,
  group: "idle",
  title: "Starting for long",
  meaning: "The workload has held its cards and memory for a while, and has not computed anything yet.",
  advice: "Look at its log: loading data or a model before asking for cards would free them meanwhile.",
  severity: "info",
  audience: "owner",
  measured: { precision: 1, recall: 1 },
  subject: "workload",
  thresholds: {
    after_minutes: { value: 45, help: "minutes since it first held a card" },
    until_minutes: { value: 240, help: "minutes after which this is no start any longer" },
  },
  closeAfter: 1,
  lookback: () => cellsOfHours(24),
  judge: (view, end, t) => {
    const life = neverActive(view, end);
    if ("kind" in life) return life;
    const { held, minutes, from } = life;
    if (minutes < t.after_minutes || minutes > t.until_minutes) return CLEAR;
    const holding = held.some((s) => s.sum("idleHeld", from, end) + s.sum("warm", from, end) > 0);
    if (!holding) return CLEAR;
    const quiet = Math.min(...held.map((s) => s.sum("quiet", from, end)));
    if (quiet < t.after_minutes * 60 * 0.7) return UNKNOWN;
    const evidence = [
      point("life", `No first activity for ${spanText(minutes * 60)} since it started.`, minutes, t.after_minutes, 2),
      ...idleEvidence(held, from, end, quiet),
    ];
    return { kind: "fires", evidence, since: from, milli: milliOf(held) };
  },
  lost: (view, index) => lossOf(view.heldIn(index), index, ["starting", "idleHeld", "warm"]),
});
