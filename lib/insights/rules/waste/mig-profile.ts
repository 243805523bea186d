import { cardMemoryMib } from "@/lib/metering/held/card-memory.ts";

/** A MIG profile, and the share of its card that it is charged as. */
export interface MigProfile {
  readonly name: string;
  /** Of the card: compute slices ÷ all of them. */
  readonly share: number;
}

/** Cards that can be divided, with their compute slices and the GiB of each profile (NVIDIA MIG user guide), smallest first. */
const CARDS: readonly {
  readonly model: RegExp;
  /** Least and most GiB of the card. */
  readonly gib: readonly [number, number];
  readonly slices: number;
  readonly profiles: readonly (readonly [slices: number, gib: number])[];
}[] = [
  {
    model: /\bA30\b/i,
    gib: [20, 30],
    slices: 4,
    profiles: [
      [1, 6],
      [2, 12],
    ],
  },
  {
    model: /\b[AH](100|800)\b/i,
    gib: [38, 48],
    slices: 7,
    profiles: [
      [1, 5],
      [2, 10],
      [3, 20],
    ],
  },
  {
    model: /\b[AH](100|800)\b/i,
    gib: [78, 84],
    slices: 7,
    profiles: [
      [1, 10],
      [2, 20],
      [3, 40],
    ],
  },
  {
    model: /\bH100\b/i,
    gib: [90, 97],
    slices: 7,
    profiles: [
      [1, 12],
      [2, 24],
      [3, 47],
    ],
  },
  {
    model: /\bH200\b/i,
    gib: [130, 145],
    slices: 7,
    profiles: [
      [1, 18],
      [2, 35],
      [3, 71],
    ],
  },
  {
    model: /\bB200\b/i,
    gib: [178, 196],
    slices: 7,
    profiles: [
      [1, 23],
      [2, 45],
      [3, 90],
    ],
  },
];

/**
 * The smallest MIG profile of a card that holds an amount of memory with a fifth to spare and does the work; null where the card has
 * none, or its memory is not known.
 * @param workPercent SM activity, in percent of the whole card.
 */
export function migProfileFor(gpuModel: string, neededMib: number, workPercent: number): MigProfile | null {
  const gib = (cardMemoryMib(gpuModel) ?? 0) / 1024;
  const card = CARDS.find((c) => c.model.test(gpuModel) && c.gib[0] <= gib && gib <= c.gib[1]);
  const fitting = card?.profiles.find(
    ([slices, memory]) => memory * 1024 >= 1.2 * neededMib && (100 * slices) / card.slices >= workPercent,
  );
  return card && fitting ? { name: `${fitting[0]}g.${fitting[1]}gb`, share: fitting[0] / card.slices } : null;
}
