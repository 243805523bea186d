import { CLEAR, cellsOfMinutes, GONE, milliOf, point, UNKNOWN } from "@/lib/insights/rules/measure.ts";
import { defineRule } from "@/lib/insights/rules/rule.ts";

export const unknownImage = defineRule({
  slug: "unknown-image",
  version: 1,
  group: "suspicious",
  topic: "unusual",
  title: "Unknown image",
  meaning: "A container image of the workload is not on the list of known ones (KNOWN_IMAGES).",
  advice: "Add the registry to the list if it is fine.",
  severity: "info",
  audience: "admin",
  measured: { precision: 1, recall: 1 },
  subject: "workload",
  thresholds: { after_minutes: { value: 30, help: "minutes that it must have held a card" } },
  lookback: () => cellsOfMinutes(15),
  judge: (view, end, t) => {
    const held = view.heldIn(end - 1);
    if (!held.length) return GONE;
    if (view.facts.imagesKnown === null) return UNKNOWN;
    const age = view.instant(end) - (view.firstHeldAt(end) ?? view.instant(end));
    if (view.facts.imagesKnown || age < t.after_minutes * 60) return CLEAR;
    const evidence = [
      point("image", `Runs ${view.facts.images.slice(0, 3).join(", ")}.`, view.facts.images.length, null, 1),
    ];
    return { kind: "fires", evidence, since: Math.max(0, end - 1), milli: milliOf(held) };
  },
  lost: () => [],
});
