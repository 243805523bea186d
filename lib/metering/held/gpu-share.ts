import { cardMemoryMib } from "./card-memory.ts";

const QUARTERED = /\bA30\b|RTX[ -]?PRO[ -]?6000/i;

/** Parts that a card of a model is divided into at most: sevenths, but quarters on smaller cards. */
export const partsOfCard = (gpuModel: string): number => (QUARTERED.test(gpuModel) ? 4 : 7);

/** A milli-GPU in parts of which the halves, thirds … twelfths of a card are whole numbers: the smallest number that 1 to 12 divide. */
export const PARTS_OF_MILLI = 27_720;

/** GPUs that need not be a whole number of milli-GPU: a seventh of a card is 142 milli-GPU and 23,760 parts. */
export interface Share {
  readonly milli: number;
  /** What milli-GPU leave over, in PARTS_OF_MILLI; 0 if it is absent. */
  readonly rest?: number;
}

/** `count / of` cards, rounded down, so that shares that fit on a card never exceed it. */
export function shareOf(count: number, of: number): Required<Share> {
  const parts = Math.floor((count * 1000 * PARTS_OF_MILLI) / of);
  return { milli: Math.floor(parts / PARTS_OF_MILLI), rest: parts % PARTS_OF_MILLI };
}

/**
 * The sevenths or quarters of a card that a MIG profile (`1g.10gb`, also with `+me` or `nvidia.com/mig-` around it) takes: of a part of
 * a slice (`1c.3g.40gb`) its own compute. Null for a text that is no profile, and for one that several pods share.
 */
function partsOfProfile(profile: string, most: number): number | null {
  const match = /(?:^|[^\d])(?:(\d)c\.)?(\d)g\.\d+gb/i.exec(profile);
  if (!match || /shared/i.test(profile)) return null;
  return Math.min(Number(match[1] ?? match[2]), most);
}

/**
 * GPUs that are requested other than as a number: MIG profiles (`1g.10gb*2 3g.40gb*1`) by their part of the card, memory
 * (MiB of one card) by its part of the card's memory. Null if nothing is requested so, or if the share cannot be known.
 */
export function requestedShare(resources: string, memoryMib: number | null, gpuModel: string): Required<Share> | null {
  if (resources) {
    const most = partsOfCard(gpuModel);
    let sum = 0;
    for (const item of resources.split(" ")) {
      const [name = "", count = "1"] = item.split("*");
      const parts = partsOfProfile(name, most);
      if (parts === null) return null;
      sum += parts * Number(count);
    }
    return shareOf(sum, most);
  }
  const card = cardMemoryMib(gpuModel);
  if (!memoryMib || card === null) return null;
  return shareOf(Math.min(memoryMib, card), card);
}
