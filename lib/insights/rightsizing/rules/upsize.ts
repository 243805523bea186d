import { cardMemoryMib } from "@/lib/metering/held/card-memory.ts";
import { percent } from "../need.ts";
import type { SizeRule } from "../types.ts";

/** Its memory is full, and it works: the next failure is out of memory. Servers of models take all memory at their start: of them it says nothing. */
export const upsize: SizeRule = (u) => {
  const card = cardMemoryMib(u.gpuModel);
  const cards = u.allocatedPeakMilli / 1000;
  if (u.memoryPeakMib === null || card === null || cards <= 0 || u.activeMilli === 0 || u.category === "Deploy")
    return null;
  const share = u.memoryPeakMib / (card * cards);
  if (share < 0.97) return null;
  return {
    kind: "upsize",
    title: "Give it more memory",
    evidence: `Held ${percent(Math.min(1, share))} of the memory of its cards: a larger card or share, or smaller batches.`,
    savingMicros: null,
  };
};
