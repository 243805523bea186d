import {
  CLEAR,
  cardName,
  cellsOfMinutes,
  GONE,
  lossBy,
  milliOf,
  percentText,
  point,
  powerPercent,
  spanText,
  UNKNOWN,
} from "@/lib/insights/rules/measure.ts";
import { defineRule } from "@/lib/insights/rules/rule.ts";

export const hung = defineRule({
  slug: "hung",
  version: 1,
  group: "suspicious",
  topic: "health",
  title: "Hung at 100 %",
  meaning: "Utilisation is at its limit while the cards draw little power and move no memory: a collective that waits.",
  advice:
    "Look for a rank that stopped (py-spy, NCCL_DEBUG); restart from the last checkpoint and set a collective timeout.",
  severity: "critical",
  audience: "owner",
  measured: { precision: 1, recall: 1 },
  subject: "workload",
  thresholds: {
    after_minutes: { value: 30, help: "minutes in a row" },
    power_percent: { value: 45, help: "most power between rest and limit" },
  },
  lookback: (t) => cellsOfMinutes(t.after_minutes) + 1,
  judge: (view, end, t) => {
    const held = view.heldIn(end - 1);
    if (!held.length) return GONE;
    const from = Math.max(0, end - cellsOfMinutes(t.after_minutes));
    if (from === 0 && end < cellsOfMinutes(t.after_minutes)) return CLEAR;
    if (held.every((s) => s.observed(end - 1, end) === 0)) return UNKNOWN;
    const stalled = held.filter((s) => {
      const observed = s.observed(from, end);
      const enough = observed >= 0.8 * t.after_minutes * 60;
      return enough && s.sum("from90", from, end) >= 0.95 * observed && s.sum("stalled", from, end) >= 0.9 * observed;
    });
    if (!stalled.length) return CLEAR;
    const powers = stalled.flatMap((s) => powerPercent(s, from, end) ?? []);
    const power = powers.length ? Math.max(...powers) : null;
    if (power !== null && power > t.power_percent) return CLEAR;
    const util = Math.min(...stalled.map((s) => s.utilisation(from, end) ?? 0));
    const sm = Math.max(...stalled.map((s) => s.mean("smSum", "smSeconds", from, end) ?? 0));
    const dram = Math.max(...stalled.map((s) => s.mean("dramSum", "dramSeconds", from, end) ?? 0));
    const evidence = [
      point(
        "utilisation",
        `At ${percentText(util)} for ${spanText((end - from) * 900)}: ${stalled.slice(0, 4).map(cardName).join(", ")}.`,
        util,
        90,
        2,
      ),
      point("sm", `SM activity ${percentText(sm)}.`, sm, 10),
      point("memory-traffic", `Memory traffic ${percentText(dram)}.`, dram, 2),
      ...(power === null
        ? []
        : [point("power", `Draws ${percentText(power)} of its power above rest.`, power, t.power_percent)]),
    ];
    return { kind: "fires", evidence, since: from, milli: milliOf(stalled) };
  },
  lost: (view, index) => lossBy(view.heldIn(index), (s) => s.sum("stalled", index, index + 1)),
});
