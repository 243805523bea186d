import type { SlotView } from "@/lib/insights/cells/view.ts";
import {
  CLEAR,
  cellsOfHours,
  heldThroughout,
  lossBy,
  milliOf,
  percentText,
  point,
  powerPercent,
} from "@/lib/insights/rules/measure.ts";
import { defineRule } from "@/lib/insights/rules/rule.ts";

/** Memory that stays the same to this many MiB is held, not worked with. */
const STEADY_MIB = 16;

/** Smallest and largest memory over a range in MiB; null where it was not measured. */
export function memoryBand(slot: SlotView, from: number, end: number): number | null {
  const least = slot.memoryMin(from, end);
  return least === null ? null : slot.max("memoryMax", from, end) - least;
}

export const keepAlive = defineRule({
  slug: "keep-alive",
  version: 1,
  group: "suspicious",
  topic: "unusual",
  title: "Steady bursts without work",
  meaning:
    "Short bursts that do no tensor work keep the cards from looking idle, while memory stays the same and power near rest.",
  advice:
    "If the workload waits for something, suspend it meanwhile; if the bursts are meant, answer here and say what they do.",
  stops: true,
  severity: "warning",
  audience: "owner",
  measured: { precision: 1, recall: 0.989 },
  subject: "workload",
  thresholds: {
    window_hours: { value: 4, help: "hours that are looked at" },
    cells_percent: { value: 18, help: "quarters of an hour with bursts, in percent" },
    mean_percent: { value: 30, help: "highest mean utilisation" },
    sm_percent: { value: 5, help: "highest mean SM activity" },
    power_percent: { value: 20, help: "highest mean power between rest and limit" },
    needed: { value: 3, help: "kinds of evidence beside the bursts" },
  },
  lookback: (t) => cellsOfHours(t.window_hours),
  judge: (view, end, t) => {
    const window = heldThroughout(view, end, t.window_hours);
    if ("kind" in window) return window;
    if (view.facts.category === "Deploy") return CLEAR;
    const { held, from } = window;
    // Bursts all the time: samples see few of those that are far apart, so that a part of the quarters of an hour will do.
    const cells = end - from;
    const bursting = held.every((s) => {
      let some = 0;
      for (let i = from; i < end; i++) if (s.observed(i, i + 1) > s.sum("quiet", i, i + 1)) some++;
      return some >= (t.cells_percent / 100) * cells;
    });
    const mean = Math.max(...held.map((s) => s.utilisation(from, end) ?? 100));
    if (!bursting || mean > t.mean_percent) return CLEAR;
    const evidence = [
      point("bursts", `Activity again and again, ${percentText(mean)} on average.`, mean, t.mean_percent, 1),
    ];
    const band = Math.max(...held.map((s) => memoryBand(s, from, end) ?? Number.POSITIVE_INFINITY));
    const read = held.reduce((sum, s) => sum + s.sum("tensorSeconds", from, end), 0);
    const tensor = Math.max(...held.map((s) => s.mean("tensorSum", "tensorSeconds", from, end) ?? 0));
    // Work changes memory, or uses tensor cores.
    if (band > STEADY_MIB || (read > 0 && tensor >= 0.1)) return CLEAR;
    evidence.push(point("memory", `Memory is the same to ${band.toFixed(0)} MiB.`, band, STEADY_MIB, 2));
    if (read > 0) evidence.push(point("tensor", `Tensor activity ${percentText(tensor)}.`, tensor, 0.1, 2));
    const sm = Math.max(...held.map((s) => s.mean("smSum", "smSeconds", from, end) ?? Number.NaN));
    if (sm < t.sm_percent) evidence.push(point("sm", `SM activity ${percentText(sm)} on average.`, sm, t.sm_percent));
    const power = Math.max(...held.map((s) => powerPercent(s, from, end) ?? Number.NaN));
    if (power < t.power_percent)
      evidence.push(point("power", `Draws ${percentText(power)} of its power above rest.`, power, t.power_percent));
    if (evidence.length <= t.needed) return CLEAR;
    return { kind: "fires", evidence, since: from, milli: milliOf(held) };
  },
  lost: (view, index) => lossBy(view.heldIn(index), (s) => s.observed(index, index + 1)),
});
