import {
  CLEAR,
  cellsOfHours,
  heldThroughout,
  milliOf,
  percentText,
  point,
  powerPercent,
  slotMemoryMib,
  spanText,
  UNKNOWN,
} from "@/lib/insights/rules/measure.ts";
import { defineRule } from "@/lib/insights/rules/rule.ts";
import { memoryBand } from "./keep-alive.ts";

export const unusualPattern = defineRule({
  slug: "unusual-pattern",
  version: 1,
  group: "suspicious",
  topic: "unusual",
  title: "Unusual pattern",
  meaning:
    "Constant full load without tensor work, in little memory: as some hash or simulation codes do. Seldom what a research project runs.",
  advice:
    "Ask the owner what it is. Molecular dynamics, rendering and FP64 codes look alike: this is no proof of anything.",
  severity: "warning",
  audience: "admin",
  measured: { precision: 1, recall: 1 },
  subject: "workload",
  thresholds: {
    window_hours: { value: 4, help: "hours that are looked at" },
    mean_percent: { value: 90, help: "least mean utilisation" },
    deviation_percent: { value: 4, help: "largest standard deviation of utilisation" },
    memory_percent: { value: 20, help: "largest memory use in percent of the card" },
    power_percent: { value: 60, help: "least mean power between rest and limit" },
    kinds: { value: 5, help: "kinds of evidence that are needed" },
  },
  closeAfter: 4,
  lookback: (t) => cellsOfHours(t.window_hours),
  judge: (view, end, t) => {
    const window = heldThroughout(view, end, t.window_hours);
    if ("kind" in window) return window;
    const { held, from } = window;
    const mean = Math.min(...held.map((s) => s.utilisation(from, end) ?? 0));
    const deviation = Math.max(
      ...held.map((s) => {
        const m = s.utilisation(from, end) ?? 0;
        return Math.sqrt(Math.max(0, (s.mean("utilSquares", "observed", from, end) ?? 0) - m * m));
      }),
    );
    if (mean < t.mean_percent || deviation > t.deviation_percent) return CLEAR;
    const evidence = [
      point(
        "utilisation",
        `${percentText(mean)} for ${spanText(t.window_hours * 3600)}, within ${deviation.toFixed(1)} points.`,
        mean,
        t.mean_percent,
      ),
    ];
    const read = held.reduce((sum, s) => sum + s.sum("tensorRead", from, end), 0);
    const none = held.reduce((sum, s) => sum + s.sum("tensorNone", from, end), 0);
    if (read > 0 && none >= 0.98 * read) evidence.push(point("tensor", "No tensor activity.", 0, 0.5, 2));
    const room = held[0] ? slotMemoryMib(held[0]) : null;
    const memory = Math.max(...held.map((s) => s.max("memoryMax", from, end)));
    if (
      room !== null &&
      (100 * memory) / room < t.memory_percent &&
      held.every((s) => (memoryBand(s, from, end) ?? 1e9) <= 64)
    )
      evidence.push(
        point(
          "memory",
          `Holds a steady ${(memory / 1024).toFixed(1)} of ${(room / 1024).toFixed(0)} GiB.`,
          (100 * memory) / room,
          t.memory_percent,
        ),
      );
    const power = Math.min(...held.map((s) => powerPercent(s, from, end) ?? Number.NaN));
    if (power >= t.power_percent)
      evidence.push(point("power", `Draws ${percentText(power)} of its power above rest.`, power, t.power_percent));
    if (view.facts.category === "Build") evidence.push(point("type", "Runs in an interactive workload.", 1));
    if (view.facts.imagesKnown === false)
      evidence.push(point("image", "Its image is not on the list of known ones.", 1));
    const kinds = new Set(evidence.map((e) => e.kind)).size;
    // Without tensor counters nothing distinguishes it from training.
    if (kinds < t.kinds || !evidence.some((e) => e.kind === "tensor")) return read === 0 ? UNKNOWN : CLEAR;
    return { kind: "fires", evidence, since: from, milli: milliOf(held) };
  },
  lost: () => [],
});
