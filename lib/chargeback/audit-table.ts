import { sumExactly } from "@/lib/money";
import type { DayTie } from "./charge-identity.ts";

/** Ties of several hardware or days as one. */
export interface TieSum extends Omit<DayTie, "day" | "hardwareKey"> {
  readonly ties: readonly DayTie[];
}

/** Sums ties by any key, in the order in which keys come first. */
export function sumTies(ties: readonly DayTie[], by: (tie: DayTie) => string): Map<string, TieSum> {
  const groups = Map.groupBy(ties, by);
  return new Map(
    [...groups].map(([key, list]) => {
      const sum = (of: (t: DayTie) => number) => sumExactly(list.map(of));
      return [
        key,
        {
          ties: list,
          meteredMilli: sum((t) => t.meteredMilli),
          unpricedMilli: sum((t) => t.unpricedMilli),
          chargedMilli: sum((t) => t.chargedMilli),
          productMicros: sum((t) => t.productMicros),
          chargedMicros: sum((t) => t.chargedMicros),
          residualMilli: sum((t) => Math.abs(t.residualMilli)),
          residualMicros: sum((t) => Math.abs(t.residualMicros)),
        },
      ];
    }),
  );
}
