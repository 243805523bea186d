import { CLASSES, type UsageClass } from "@/lib/classes.ts";
import { formatDecimal, type Micros, type Nanos, priceOf, SKUS, splitExactly, sumExactly } from "@/lib/money.ts";

/** One workload's GPU time of a class on the day, hardware and price that are rounded together. */
export interface RoundedCell {
  readonly workloadKey: number;
  readonly class: UsageClass;
  readonly milli: number;
}

export interface ExplainedCell extends RoundedCell {
  /** Its own product, in micro-units, cut after six decimals. */
  readonly exact: string;
  /** What it takes of the whole. */
  readonly micros: Micros;
}

/** The sum of all cells, priced once, and what each takes of it. */
export interface ExplainedRounding {
  readonly wholeMilli: number;
  readonly wholeMicros: Micros;
  readonly cells: readonly ExplainedCell[];
}

/**
 * How a day's GPU time on one hardware at one price was rounded (docs/decisions/0021-rounding.md): one product, split by the
 * largest remainder, equal remainders to the lower workload key and then the earlier class – as charges were made.
 */
export function explainRounding(given: readonly RoundedCell[], unitPriceNanos: Nanos): ExplainedRounding {
  const cells = given
    .filter((c) => c.milli > 0)
    .sort((a, b) => a.workloadKey - b.workloadKey || CLASSES.indexOf(a.class) - CLASSES.indexOf(b.class));
  const wholeMilli = sumExactly(cells.map((c) => c.milli));
  const wholeMicros = priceOf(wholeMilli, "gpu", unitPriceNanos);
  const parts = splitExactly(
    wholeMicros,
    cells.map((c) => c.milli),
  );
  return {
    wholeMilli,
    wholeMicros,
    cells: cells.map((c, i) => ({ ...c, exact: exactMicros(c.milli, unitPriceNanos), micros: parts[i] as number })),
  };
}

function exactMicros(milli: number, nanos: Nanos): string {
  const d = BigInt(SKUS.gpu.perUnit) * 1000n;
  const n = BigInt(milli) * BigInt(nanos) * 1_000_000n;
  return formatDecimal(n / d, 6);
}
