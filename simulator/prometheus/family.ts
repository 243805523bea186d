import type { Card, Slot, Span } from "@/simulator/timeline.ts";

export type Labels = readonly (readonly [name: string, value: string])[];

/** A stretch of samples. `items` are the parts of cards behind it; `constant` serves facts that are not measured. */
export interface SeriesPiece extends Span {
  readonly items: readonly Slot[];
  readonly constant: number;
}

export interface PromSeries {
  /** Sorted by name, without `__name__`. */
  readonly labels: Labels;
  readonly key: string;
  readonly card: Card | null;
  /** It is of one MIG slice of the card, whose holder is the only item of each piece. */
  readonly isSlice?: true;
  /** Ascending and disjoint. */
  readonly pieces: readonly SeriesPiece[];
}

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly decimals: number;
  /** A counter; a gauge when absent. */
  readonly isCounter?: true;
  readonly series: readonly PromSeries[];
  /** Whole number of `10^-decimals`. */
  at(series: PromSeries, piece: SeriesPiece, i: number): number;
}

/** A series of these labels; empty ones are as good as absent. */
export function series(labels: Record<string, string>, card: Card | null, pieces: SeriesPiece[]): PromSeries {
  const sorted = Object.entries(labels)
    .filter(([, v]) => v !== "")
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { labels: sorted, key: sorted.map(([n, v]) => `${n}\u0001${v}`).join("\u0002"), card, pieces };
}

/** The same series with another value of a label. */
export function relabelled(from: PromSeries, name: string, value: string): PromSeries {
  return { ...from, ...series({ ...Object.fromEntries(from.labels), [name]: value }, from.card, [...from.pieces]) };
}

/** A family as two servers have it that read the same, without anybody who takes their answers together. */
export function ofReplicas(family: Family): Family {
  const own = new Map<PromSeries, PromSeries>();
  const list = family.series.flatMap((s) =>
    ["a", "b"].map((replica) => {
      const copy = relabelled(s, "prometheus_replica", replica);
      own.set(copy, s);
      return copy;
    }),
  );
  return { ...family, series: bySortedKey(list), at: (s, piece, i) => family.at(own.get(s) as PromSeries, piece, i) };
}

/** By label; series without any sample are left out. */
export function bySortedKey(list: readonly PromSeries[]): PromSeries[] {
  const filled = list.filter((s) => s.pieces.length > 0);
  return filled.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}
