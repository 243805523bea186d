import {
  CLEAR,
  cellsOfHours,
  heldThroughout,
  milliOf,
  percentText,
  point,
  slotMemoryMib,
  UNKNOWN,
  works,
} from "@/lib/insights/rules/measure.ts";
import { defineRule } from "@/lib/insights/rules/rule.ts";

export const memoryOversized = defineRule({
  slug: "memory-oversized",
  version: 1,
  group: "suspicious",
  topic: "waste",
  title: "Card memory far larger than needed",
  meaning:
    "A workload that works holds a whole card and never uses more than a small part of its memory, nor much of its time.",
  advice: "Ask for a fraction of a card or a MIG slice: several such workloads fit on one.",
  severity: "info",
  audience: "owner",
  measured: { precision: 1, recall: 1 },
  subject: "workload",
  thresholds: {
    window_hours: { value: 6, help: "hours that are looked at" },
    peak_percent: { value: 25, help: "largest memory use in percent of the card" },
    mean_percent: { value: 50, help: "highest mean utilisation" },
  },
  closeAfter: 4,
  lookback: (t) => cellsOfHours(t.window_hours),
  judge: (view, end, t) => {
    const window = heldThroughout(view, end, t.window_hours);
    if ("kind" in window) return window;
    const { held, from } = window;
    if (held.some((s) => s.facts.milli < 1000)) return CLEAR;
    if (held.some((s) => s.sum("memorySeconds", from, end) === 0)) return UNKNOWN;
    const rooms = held.map(slotMemoryMib);
    if (rooms.some((r) => r === null)) return UNKNOWN;
    const peak = Math.max(...held.map((s, i) => (100 * s.max("memoryMax", from, end)) / (rooms[i] as number)));
    const mean = Math.max(...held.map((s) => s.utilisation(from, end) ?? 0));
    const active = held.every((s) => works(s, from, end) && s.sum("quiet", from, end) < 0.9 * s.observed(from, end));
    if (peak >= t.peak_percent || mean >= t.mean_percent || !active) return CLEAR;
    const evidence = [
      point("memory", `At most ${percentText(peak)} of the card's memory.`, peak, t.peak_percent, 2),
      point("utilisation", `Mean utilisation ${percentText(mean)}.`, mean, t.mean_percent),
    ];
    return { kind: "fires", evidence, since: from, milli: milliOf(held) };
  },
  lost: () => [],
});
