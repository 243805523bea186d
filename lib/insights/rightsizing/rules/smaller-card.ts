import { cardMemoryMib } from "@/lib/metering/held/card-memory.ts";
import { knownMicros, neededMib, savingOf, worksLittle } from "../need.ts";
import type { SizeRule } from "../types.ts";

/** A cheaper card of the same cluster holds its memory, and it needs little of the present one. */
export const smallerCard: SizeRule = (u, offers) => {
  const needed = neededMib(u);
  const present = offers.find((o) => o.clusterId === u.clusterId && o.gpuModel === u.gpuModel)?.standardNanos;
  if (!worksLittle(u) || needed === null || !present) return null;
  const [best] = offers
    .filter((o) => o.clusterId === u.clusterId && o.gpuModel !== u.gpuModel)
    .flatMap((o) => (o.standardNanos ? [{ model: o.gpuModel, nanos: o.standardNanos }] : []))
    .filter((o) => o.nanos < present && (cardMemoryMib(o.model) ?? 0) >= needed)
    .sort((a, b) => a.nanos - b.nanos || (a.model < b.model ? -1 : 1));
  if (!best) return null;
  return {
    kind: "smaller-card",
    title: `Run it on ${best.model}`,
    evidence: `Needs ${(needed / 1024).toFixed(0)} GiB for each card, and was below the limit of efficiency nearly all the time.`,
    savingMicros: savingOf(knownMicros(u), best.nanos, present),
  };
};
