import type { FleetNode, FleetSlot } from "./types.ts";

/** Milli-GPU of a whole card. */
export const CARD = 1000;
/** What nobody holds fills up the cards that are held in part, this first: a card that somebody uses is not down. */
const NOBODYS = ["unallocated", "unknown", "down"] as const;

/** A card of a node with who holds its parts: one part for a whole one, several for a shared one. */
export interface FleetCard {
  readonly node: FleetNode;
  /** The card's name; empty where no source reports which of the node's cards it is. */
  readonly gpu: string;
  /** Their sum is a whole card, more where workloads overlap on it, less where the rest is not shown. */
  readonly parts: readonly FleetSlot[];
}

/**
 * The slots of a node as its cards, those with a name first, in order. Parts that no source names a card for go where they
 * fit most tightly; what is free fills the rest of each shared card, then makes cards of its own. No milli is lost or added.
 */
export function cardsOf(node: FleetNode): FleetCard[] {
  const named = new Map<string, FleetSlot[]>();
  const unnamed: FleetSlot[][] = [];
  const held = node.slots.filter((s) => !isNobodys(s));
  for (const slot of held.filter((s) => s.gpu !== "")) named.set(slot.gpu, [...(named.get(slot.gpu) ?? []), slot]);
  const cards = [...named.values()];
  for (const slot of held.filter((s) => s.gpu === "").sort((a, b) => b.milli - a.milli)) {
    const fitting = [...cards, ...unnamed].filter((c) => room(c) >= slot.milli && slot.milli < CARD);
    const tightest = fitting.sort((a, b) => room(a) - room(b))[0];
    if (tightest) tightest.push(slot);
    else unnamed.push([slot]);
  }
  const free = NOBODYS.flatMap((c) => node.slots.filter((s) => isNobodys(s) && s.class === c));
  const whole = fill([...cards, ...unnamed], free);
  return [...cards, ...unnamed, ...whole].map((parts) => ({
    node,
    gpu: parts.find((p) => p.gpu !== "")?.gpu ?? "",
    parts,
  }));
}

const isNobodys = (slot: FleetSlot): boolean => slot.workloadKey === 0 && slot.workload === "" && slot.gpu === "";
const room = (parts: readonly FleetSlot[]): number => CARD - parts.reduce((sum, p) => sum + p.milli, 0);

/** Adds to each card what it has room for, and returns the cards that the rest makes. */
function fill(cards: FleetSlot[][], free: readonly FleetSlot[]): FleetSlot[][] {
  const more: FleetSlot[][] = [];
  for (const slot of free) {
    let left = slot.milli;
    for (const card of [...cards, ...more]) {
      const take = Math.min(left, Math.max(0, room(card)));
      if (take > 0) card.push(partOf(slot, take));
      left -= take;
    }
    for (; left > 0; left -= CARD) more.push([partOf(slot, Math.min(left, CARD))]);
  }
  return more;
}

/** A part of a slot, with its part of what an hour costs. */
const partOf = (slot: FleetSlot, milli: number): FleetSlot => ({
  ...slot,
  milli,
  hourMicros: slot.hourMicros === null ? null : Math.round((slot.hourMicros * milli) / slot.milli),
});
