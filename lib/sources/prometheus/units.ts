import type { Unit, UnitVerdict } from "@/lib/sources/source.ts";
import { DAY, floorTo, type Instant } from "@/lib/time.ts";
import { BYTES_PER_MIB, isWholePages, type Meter, NOISY_RATIO, PAGE_BYTES } from "./dcgm.ts";
import type { Points } from "./wire.ts";

/** The unit of a metric on a day as it was proven before; null if it was not. */
export type KnownUnits = (name: string, at: Instant) => Unit | null;

/** The unit of each point of a series; null: only 0 and 1 were seen, which may be a little or all of the card. */
export type UnitAt = (i: number) => Unit | "bytes" | null;

/** What the values of one series prove: a value strictly between 0 and 1 a ratio, one above 1 a percentage. */
interface Proof {
  readonly ratio: Range | null;
  readonly percent: Range | null;
  /** A percentage that is no integer: then one below 1 proves nothing, because it may be a mean. */
  readonly hasMeans: boolean;
}

/** From the first to the last index of a point that proves a unit. */
interface Range {
  readonly first: number;
  readonly last: number;
}

const MOST_PERCENT = 100;

/** Counters of the hardware overshoot more, and a card that is busy reaches this percentage. */
const NOISY_COUNTER = 2;

function isNoise({ definedUnit }: Meter, value: number): boolean {
  return definedUnit === "ratio" ? value < NOISY_COUNTER : value <= NOISY_RATIO;
}

function prove(meter: Meter, { value }: Points): Proof {
  const [ratios, percents]: [number[], number[]] = [[], []];
  for (const [i, v] of value.entries()) {
    if (v > 0 && v < 1) ratios.push(i);
    else if (v > 1 && v <= MOST_PERCENT && !isNoise(meter, v)) percents.push(i);
  }
  const hasMeans = percents.some((i) => !Number.isInteger(value[i]));
  return { ratio: rangeOf(ratios), percent: rangeOf(percents), hasMeans };
}

/**
 * Whether values of memory below a mebibyte are bytes: where the name says so or larger values of the series are, and
 * none of them is a number of MiB, because it is not whole pages.
 */
export function isInBytes(meter: Meter, { value }: Points): boolean {
  const small = value.filter((v) => v > 0 && v < BYTES_PER_MIB);
  if (small.some((v) => v % PAGE_BYTES !== 0)) return false;
  return (
    meter.source.endsWith("_BYTES") ||
    value.some((v) => v >= BYTES_PER_MIB && v <= meter.most * BYTES_PER_MIB && isWholePages(v))
  );
}

function rangeOf(indices: readonly number[]): Range | null {
  const [first, last] = [indices[0], indices.at(-1)];
  return first === undefined || last === undefined ? null : { first, last };
}

/**
 * The unit of each series of a meter, by its own values; where these prove none, by those of the others, if they agree;
 * else by what was proven before; else by the definition of the metric, if that never changed. A series whose values
 * prove both has changed its unit at an instant, or is a percentage with means below 1.
 * @returns one function for each series, and the verdicts of the days on which values prove a unit.
 */
export function unitsOf(
  meter: Meter,
  series: readonly Points[],
  known: KnownUnits,
): { readonly units: readonly UnitAt[]; readonly verdicts: readonly UnitVerdict[] } {
  const proofs = series.map((points) => prove(meter, points));
  const own = proofs.map(ownUnit);
  const proven = new Set(own.flatMap((unit) => (unit === null || typeof unit === "function" ? [] : [unit])));
  const common = proven.size === 1 && own.every((unit) => typeof unit !== "function") ? ([...proven][0] as Unit) : null;
  const units = own.map((unit, s): UnitAt => {
    if (typeof unit === "function") return unit;
    const first = series[s]?.at[0];
    const is = unit ?? common ?? (first === undefined ? null : known(meter.source, first)) ?? meter.definedUnit ?? null;
    return () => is;
  });
  const days = new Map<string, UnitVerdict>();
  for (const [s, { ratio, percent }] of proofs.entries())
    for (const [unit, range] of [
      ["ratio", ratio],
      ["percent", percent],
    ] as const) {
      if (!range || (unit === "ratio" && own[s] === "percent")) continue;
      const day = floorTo(series[s]?.at[range.first] as number, DAY);
      days.set(`${day}/${unit}`, { name: meter.source, day, unit });
    }
  return { units, verdicts: [...days.values()] };
}

function ownUnit({ ratio, percent, hasMeans }: Proof): Unit | UnitAt | null {
  if (!ratio || !percent) return ratio ? "ratio" : percent ? "percent" : null;
  if (hasMeans) return "percent";
  // Between the two proofs nothing but 0 and 1 was seen: there the unit is not known.
  if (percent.last < ratio.first) return (i) => (i <= percent.last ? "percent" : i >= ratio.first ? "ratio" : null);
  if (ratio.last < percent.first) return (i) => (i <= ratio.last ? "ratio" : i >= percent.first ? "percent" : null);
  return "percent";
}
