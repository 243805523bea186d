import { CARD, cardsOf } from "./cards.ts";
import type { FleetNode } from "./types.ts";

/** Free capacity of a node in pieces: milli-GPU. */
export interface Fragments {
  readonly cluster: string;
  readonly pool: string;
  readonly node: string;
  readonly gpuModel: string;
  readonly cards: number;
  /** Whole cards that nobody holds. */
  readonly freeCards: number;
  /** What is left of cards that are held in part: only a fraction fits. */
  readonly partsMilli: number;
  /** How many such cards, and the largest part of one. */
  readonly parts: number;
  readonly largestMilli: number;
}

/**
 * Nodes whose free capacity is in pieces: some of their cards are held, or a card is held in part. A node that nobody uses, or
 * that is full, has no pieces; capacity that is down or unknown is not free. The most in pieces first.
 */
export function fragmentsOf(nodes: readonly FleetNode[]): Fragments[] {
  return nodes
    .flatMap((node): Fragments[] => {
      const cards = cardsOf(node);
      const free = cards.map(({ parts }) =>
        parts.reduce((sum, p) => sum + (p.class === "unallocated" ? p.milli : 0), 0),
      );
      const freeCards = free.filter((milli) => milli >= CARD).length;
      const pieces = free.filter((milli) => milli > 0 && milli < CARD);
      if (freeCards === cards.length || (freeCards === 0 && pieces.length === 0)) return [];
      const { cluster, pool, node: name, gpuModel } = node;
      return [
        {
          ...{ cluster, pool, node: name, gpuModel, cards: cards.length, freeCards, parts: pieces.length },
          partsMilli: pieces.reduce((a, b) => a + b, 0),
          largestMilli: freeCards > 0 ? CARD : Math.max(0, ...pieces),
        },
      ];
    })
    .sort((a, b) => b.partsMilli - a.partsMilli || b.freeCards - a.freeCards || (a.node < b.node ? -1 : 1));
}
