import { idleEvidence, powerDisagrees } from "@/lib/insights/rules/idle/judge-idle.ts";
import {
  CLEAR,
  cardName,
  cellsOfHours,
  GONE,
  lossOf,
  milliOf,
  percentText,
  point,
  quietRun,
  UNKNOWN,
} from "@/lib/insights/rules/measure.ts";
import { defineRule } from "@/lib/insights/rules/rule.ts";
import { rankEvidence } from "./ranks.ts";

export const oneCardOfMany = defineRule({
  slug: "one-card-of-many",
  version: 1,
  group: "suspicious",
  topic: "waste",
  title: "One card of many does nothing",
  meaning: "Some cards of a workload are idle while the others work: a rank that died, or cards that nobody addresses.",
  advice: "Check the world size and the visible devices of the job, or restart it with as many cards as it uses.",
  severity: "warning",
  audience: "owner",
  measured: { precision: 1, recall: 1 },
  subject: "workload",
  thresholds: {
    after_minutes: { value: 30, help: "minutes that a card is idle" },
    others_percent: { value: 20, help: "least mean utilisation of the other cards" },
  },
  lookback: () => cellsOfHours(24),
  judge: (view, end, t) => {
    const held = view.heldIn(end - 1).filter((s) => s.facts.level === "gpu");
    if (!view.heldIn(end - 1).length) return GONE;
    if (held.length < 2 || view.facts.category === "Deploy") return CLEAR;
    const runs = held.map((slot) => ({ slot, run: quietRun(slot, end) }));
    if (runs.every(({ run }) => run === null)) return UNKNOWN;
    const idle = runs.flatMap(({ slot, run }) => (run && run.quiet >= t.after_minutes * 60 ? [{ slot, run }] : []));
    if (!idle.length || idle.length === held.length) return CLEAR;
    const since = Math.max(...idle.map(({ run }) => run.since));
    if (idle.some(({ slot }) => powerDisagrees(slot, since, end))) return UNKNOWN;
    const others = held.filter((s) => !idle.some(({ slot }) => slot === s));
    const known = others.flatMap((s) => s.utilisation(since, end) ?? []);
    if (!known.length) return UNKNOWN;
    const mean = known.reduce((sum, u) => sum + u, 0) / known.length;
    if (mean < t.others_percent) return CLEAR;
    const slots = idle.map(({ slot }) => slot);
    const evidence = [
      point(
        "cards",
        `${idle.length} of ${held.length} cards do nothing: ${slots.slice(0, 4).map(cardName).join(", ")}.`,
        idle.length,
        held.length,
        2,
      ),
      point("others", `The others run at ${percentText(mean)} on average.`, mean, t.others_percent),
      ...rankEvidence(slots, held, view.facts),
      ...idleEvidence(slots, since, end, Math.min(...idle.map(({ run }) => run.quiet))),
    ];
    return { kind: "fires", evidence, since, milli: milliOf(slots) };
  },
  lost: (view, index) => {
    const held = view.heldIn(index);
    const still = held.filter((s) => s.observed(index, index + 1) > s.sum("quiet", index, index + 1));
    return still.length ? lossOf(held, index, ["deadIdle", "idleHeld"]) : [];
  },
});
