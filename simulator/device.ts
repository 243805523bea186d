import {
  type Curve,
  dramAt,
  memoryAt,
  powerAt,
  profileOf,
  smAt,
  temperatureAt,
  tensorAt,
  utilisationAt,
} from "./curves.ts";
import { mix } from "./random.ts";
import { type Card, type Piece, type Slot, spanOf, sweep } from "./timeline.ts";

const piecesOf = new WeakMap<Card, readonly Piece<Slot>[]>();

/** Who holds the card, ascending and disjoint, whether or not anybody can see it; nothing where it is free. */
export function cardPieces(card: Card, step: number): readonly Piece<Slot>[] {
  let pieces = piecesOf.get(card);
  if (!pieces) {
    pieces = sweep(card.slots.map((s) => [spanOf({ start: s.runsFrom, end: s.end }, step), s] as const));
    piecesOf.set(card, pieces);
  }
  return pieces;
}

/** The element of ascending disjoint spans that holds the grid index, if any. */
export function spanAt<T extends { readonly from: number; readonly to: number }>(
  spans: readonly T[],
  i: number,
): T | null {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle] as T).to <= i) low = middle + 1;
    else high = middle;
  }
  const found = spans[low];
  return found && found.from <= i ? found : null;
}

const NOBODY: readonly Slot[] = [];

export function holdersAt(card: Card, step: number, i: number): readonly Slot[] {
  return spanAt(cardPieces(card, step), i)?.items ?? NOBODY;
}

/** A metric of a whole card. Values are whole numbers of `10^-decimals` of the unit. */
export interface DeviceMetric {
  readonly name: string;
  readonly help: string;
  readonly decimals: number;
  at(card: Card, slots: readonly Slot[], i: number): number;
  /** What a MIG slice shows: nothing, what the whole card shows, or its holder's own; 0 of one that nobody holds. */
  readonly onSlice: "nothing" | "card" | ((c: Curve, i: number) => number);
}

/** Parts of a card count by their share of it; pods that take turns add up, until the card is busy all the time. */
function byShare(value: (c: Curve, i: number) => number, most: number): DeviceMetric["at"] {
  return (card, slots, i) => {
    if (slots.length === 0) return 0;
    if (card.node.sharing?.kind === "time-slicing")
      return Math.min(
        most,
        slots.reduce((sum, slot) => sum + value(slot.curve, i), 0),
      );
    const [first] = slots as [Slot];
    if (slots.length === 1 && first.milli === 1000) return value(first.curve, i);
    let sum = 0;
    for (const slot of slots) sum += value(slot.curve, i) * slot.milli;
    return Math.round(sum / 1000);
  };
}

function memoryUsed(card: Card, slots: readonly Slot[], i: number): number {
  let sum = card.index & 3;
  for (const slot of slots) sum += memoryAt(slot.curve, i);
  return sum;
}

function power(card: Card, slots: readonly Slot[], i: number): number {
  let free = 1000;
  let sum = 0;
  for (const slot of slots) {
    free -= slot.milli;
    sum += powerAt(slot.curve, i, utilisationAt(slot.curve, i));
  }
  if (free <= 0) return sum;
  const noise = slots.length === 0 ? (mix(card.index, i) & 15) - 8 : 0;
  return sum + Math.round((profileOf(card.node.gpuModel).idleWatts * free) / 100) + noise;
}

const engine = (c: Curve, i: number) => utilisationAt(c, i) * 100;
const sm = (c: Curve, i: number) => smAt(c, i, utilisationAt(c, i));
const tensor = (c: Curve, i: number) => tensorAt(c, i, utilisationAt(c, i));
const dram = (c: Curve, i: number) => dramAt(c, i, utilisationAt(c, i));

const deviceUtilisation = byShare(utilisationAt, 100);
const liveSm = byShare(sm, 10_000);
const deviceSm: DeviceMetric["at"] = (card, slots, i) => (countersDead(card, slots, i) ? 0 : liveSm(card, slots, i));
const deviceDram = byShare(dram, 10_000);

/** Whether the counters of a card that one pod holds whole read 0 at a grid index. */
function countersDead({ node, index, step }: Card, slots: readonly Slot[], i: number): boolean {
  const dead = node.deadCounters?.some((d) => d.index === index && d.start <= i * step && i * step < d.end);
  return Boolean(dead) && slots.length === 1 && slots[0]?.milli === 1000;
}

/** What one part of a card shows of itself: percent, MiB, and ten-thousandths. */
export interface Reading {
  readonly util: number;
  readonly memory: number;
  readonly sm: number;
  readonly dram: number;
}

/** A slot at a grid index. Of a card that pods use by turns every one of them shows the whole card, and an equal part of its memory. */
export function readingAt(slot: Slot, step: number, i: number): Reading {
  const { card, curve } = slot;
  if (card.node.sharing?.kind !== "time-slicing") {
    const util = utilisationAt(curve, i);
    const sm = countersDead(card, [slot], i) ? 0 : smAt(curve, i, util);
    return { util, memory: memoryAt(curve, i), sm, dram: dramAt(curve, i, util) };
  }
  const all = holdersAt(card, step, i);
  const memory = Math.round(Math.floor((memoryUsed(card, all, i) / all.length) * 1024) / 1024);
  return { util: deviceUtilisation(card, all, i), memory, sm: deviceSm(card, all, i), dram: deviceDram(card, all, i) };
}

/** What dcgm-exporter shows of a card with its default list of counters, and its help texts. */
export const DEVICE_METRICS: readonly DeviceMetric[] = [
  {
    name: "DCGM_FI_DEV_GPU_UTIL",
    help: "GPU utilization (in %).",
    decimals: 0,
    at: deviceUtilisation,
    onSlice: "nothing",
  },
  {
    name: "DCGM_FI_DEV_FB_USED",
    help: "Framebuffer memory used (in MiB).",
    decimals: 0,
    at: memoryUsed,
    onSlice: memoryAt,
  },
  {
    name: "DCGM_FI_DEV_FB_FREE",
    help: "Framebuffer memory free (in MiB).",
    decimals: 0,
    at: (card, slots, i) => Math.max(0, card.node.memoryMibPerGpu - memoryUsed(card, slots, i)),
    onSlice: "nothing",
  },
  { name: "DCGM_FI_DEV_POWER_USAGE", help: "Power draw (in W).", decimals: 1, at: power, onSlice: "card" },
  {
    name: "DCGM_FI_DEV_GPU_TEMP",
    help: "GPU temperature (in C).",
    decimals: 0,
    at: (card, slots, i) => temperatureAt(profileOf(card.node.gpuModel), power(card, slots, i)),
    onSlice: "card",
  },
  {
    name: "DCGM_FI_DEV_XID_ERRORS",
    help: "Value of the last XID error encountered.",
    decimals: 0,
    at: () => 0,
    onSlice: "card",
  },
  {
    name: "DCGM_FI_PROF_GR_ENGINE_ACTIVE",
    help: "Ratio of time the graphics engine is active.",
    decimals: 4,
    at: byShare(engine, 10_000),
    onSlice: engine,
  },
  {
    name: "DCGM_FI_PROF_SM_ACTIVE",
    help: "The ratio of cycles an SM has at least 1 warp assigned.",
    decimals: 4,
    at: deviceSm,
    onSlice: sm,
  },
  {
    name: "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE",
    help: "Ratio of cycles the tensor (HMMA) pipe is active.",
    decimals: 4,
    at: byShare(tensor, 10_000),
    onSlice: tensor,
  },
  {
    name: "DCGM_FI_PROF_DRAM_ACTIVE",
    help: "Ratio of cycles the device memory interface is active.",
    decimals: 4,
    at: deviceDram,
    onSlice: dram,
  },
];
