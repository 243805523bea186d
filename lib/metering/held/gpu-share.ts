import { cardMemoryMib } from "./card-memory.ts";

/** Parts that a card of a model is divided into at most: sevenths, but quarters on smaller cards. */
const QUARTERED = /\bA30\b|RTX[ -]?PRO[ -]?6000/i;

/**
 * The share of a card that a MIG profile (`1g.10gb`, also with `+me` or `nvidia.com/mig-` around it) takes, in milli-GPU
 * rounded down, so that the slices of a card never exceed it; null for a text that is no profile.
 */
export function profileMilli(profile: string, gpuModel: string): number | null {
  const match = /(?:^|[^\d])(\d)g\.\d+gb/i.exec(profile);
  if (!match) return null;
  const parts = QUARTERED.test(gpuModel) ? 4 : 7;
  return Math.floor((Math.min(Number(match[1]), parts) * 1000) / parts);
}

/**
 * GPUs that are requested other than as a number, in milli-GPU: MIG profiles (`1g.10gb*2 3g.40gb*1`) by their part of
 * the card, memory (MiB of one card) by its part of the card's memory; each rounded down, so that shares that fit on a
 * card never exceed it. Null if nothing is requested so, or if the share cannot be known.
 */
export function shareMilli(resources: string, memoryMib: number | null, gpuModel: string): number | null {
  if (resources) {
    let sum = 0;
    for (const item of resources.split(" ")) {
      const [name = "", count = "1"] = item.split("*");
      const milli = profileMilli(name, gpuModel);
      if (milli === null) return null;
      sum += milli * Number(count);
    }
    return sum;
  }
  const card = cardMemoryMib(gpuModel);
  if (!memoryMib || card === null) return null;
  return Math.min(1000, Math.floor((memoryMib * 1000) / card));
}
