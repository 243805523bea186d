import type { Instant } from "@/lib/time.ts";
import type { Card } from "./dcgm.ts";
import { shortName } from "./subjects.ts";
import type { Points } from "./wire.ts";

/** A card by an id that is unique among those that are collected. */
export interface Placed {
  readonly id: string;
  readonly card: Card;
}

/**
 * Cards by their place on a node, since when they have it: a card that is exchanged has another UUID. Two clusters may have nodes of one
 * name: then the label of the cluster decides.
 */
export class Places {
  readonly #cards = new Map<string, Map<string, Placed & { from: Instant }>>();

  /** @param at when samples show it there, ascending. */
  add(place: string, placed: Placed, at: readonly Instant[]): void {
    const cards = this.#cards.get(place) ?? new Map<string, Placed & { from: Instant }>();
    this.#cards.set(place, cards);
    const known = cards.get(placed.id)?.from ?? Number.POSITIVE_INFINITY;
    cards.set(placed.id, { ...placed, from: Math.min(at[0] ?? Number.POSITIVE_INFINITY, known) });
  }

  /** Points by the card that was there then, at the first of the places that has any; null if none has. */
  split(
    places: readonly string[],
    clusterLabel: string | undefined,
    points: Points,
  ): (Placed & { readonly points: Points })[] | null {
    const here = places.map((place) => this.#of(place, clusterLabel)).find((cards) => cards.length > 0);
    return here
      ? here.flatMap(({ id, card, from }, i) => {
          const since = i === 0 ? Number.NEGATIVE_INFINITY : from;
          const part = within(points, since, here[i + 1]?.from ?? Number.POSITIVE_INFINITY);
          return part.at.length > 0 ? [{ id, card, points: part }] : [];
        })
      : null;
  }

  #of(place: string, clusterLabel: string | undefined) {
    const here = [...(this.#cards.get(place)?.values() ?? [])];
    const labels = new Set(here.map(({ card }) => card.clusterLabel));
    const own = labels.size > 1 ? here.filter(({ card }) => card.clusterLabel === clusterLabel) : here;
    return own.sort((a, b) => a.from - b.from);
  }
}

/** The points at instants of a half-open interval. */
function within(points: Points, start: Instant, end: Instant): Points {
  const inside = points.at.flatMap((at, i) => (start <= at && at < end ? [i] : []));
  if (inside.length === points.at.length) return points;
  return {
    ...points,
    at: inside.map((i) => points.at[i] as Instant),
    value: inside.map((i) => points.value[i] as number),
  };
}

/** Where a card without a UUID is: what sets it apart from others. */
export const placeId = ({ nodes, index, clusterLabel = "" }: Card): string =>
  `${clusterLabel} ${placeKey(nodes[0] as string, index)}`;

/** The place of a card: its node, by short name because not all exporters report the domain, and its index there. */
export function placeKey(node: string, index: string): string {
  return `${shortName(node).toLowerCase()}#${index}`;
}
