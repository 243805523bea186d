import { type ExactMicros, sumExactly, sumMicros } from "@/lib/money.ts";
import type { Tie } from "./tie-load.ts";

/** Ties of several hardware or days as one. */
type Money = "productMicros" | "chargedMicros" | "residualMicros";
export interface TieSum extends Omit<Tie, "day" | "hardwareKey" | Money>, Readonly<Record<Money, ExactMicros>> {
  readonly ties: readonly Tie[];
}

/** Sums ties by any key, in the order in which keys come first. */
export function sumTies(ties: readonly Tie[], by: (tie: Tie) => string): Map<string, TieSum> {
  const groups = Map.groupBy(ties, by);
  return new Map(
    [...groups].map(([key, list]) => {
      const sum = (of: (t: Tie) => number) => sumExactly(list.map(of));
      const money = (of: (t: Tie) => number) => sumMicros(list.map(of));
      return [
        key,
        {
          ties: list,
          capacityMilli: sum((t) => t.capacityMilli),
          overlapMilli: sum((t) => t.overlapMilli),
          unclassedMilli: sum((t) => Math.abs(t.unclassedMilli)),
          meteredMilli: sum((t) => t.meteredMilli),
          unpricedMilli: sum((t) => t.unpricedMilli),
          chargedMilli: sum((t) => t.chargedMilli),
          productMicros: money((t) => t.productMicros),
          chargedMicros: money((t) => t.chargedMicros),
          residualMilli: sum((t) => Math.abs(t.residualMilli)),
          residualMicros: money((t) => Math.abs(t.residualMicros)),
        },
      ];
    }),
  );
}
