import { type PriceVolume, priceAndVolume } from "@/lib/costs/price-volume.ts";
import { amountBefore, type DaySpan, joinSpans } from "@/lib/costs/spread.ts";
import { type ExactMicros, exactMicros, sumMicros } from "@/lib/money.ts";
import { addDays } from "@/lib/time.ts";
import { type Basis, type BillLine, EXPLORER } from "./types.ts";

/** Of one team (0: no tag names one) in micro-units: what clouds billed for GPUs, and what the ledger charged for them. */
export interface ComparedTeam {
  readonly teamKey: number;
  readonly actualMicros: ExactMicros;
  readonly estimatedMicros: ExactMicros;
  /** Thousandths of a GPU-hour; null: some of its lines do not say. */
  readonly actualMilliHours: number | null;
  readonly estimatedMilliHours: number;
  /** Of actual less estimated; null: not known. */
  readonly parts: PriceVolume | null;
}

export interface Comparison extends Omit<ComparedTeam, "teamKey"> {
  /** Day keys that both have: only they are compared. */
  readonly days: readonly number[];
  readonly withoutBill: readonly number[];
  readonly withoutCharges: readonly number[];
  /** By team; a team is listed where either has an amount. */
  readonly teams: readonly ComparedTeam[];
  /** Billed on these days for something else than GPUs: no part of the comparison. */
  readonly otherMicros: ExactMicros;
  /** Days of which the cloud says that the bill may still change. */
  readonly notFinal: readonly number[];
}

/** What the ledger charged one team for usage and shares on one day. */
export interface ChargedDay {
  readonly day: number;
  readonly teamKey: number;
  readonly micros: ExactMicros;
  readonly milliHours: number;
}

const amountOf = (line: BillLine, basis: Basis): number =>
  basis === "effective" ? line.effectiveMicros : line.billedMicros;

/** The part of a line that is of one day, exactly: the parts of all its days add up to it. */
export function onDay(line: BillLine, basis: Basis, day: number): number {
  const spread = { fromDay: line.fromDay, untilDay: line.untilDay, amountMicros: amountOf(line, basis) };
  return amountBefore(spread, addDays(day, 1)) - amountBefore(spread, day);
}

/** The part of its GPU time that is of one day. */
function hoursOnDay({ fromDay, untilDay, gpuMilliHours }: BillLine, day: number): number | null {
  if (gpuMilliHours === null) return null;
  const spread = { fromDay, untilDay, amountMicros: gpuMilliHours };
  return amountBefore(spread, addDays(day, 1)) - amountBefore(spread, day);
}

const isOfExplorer = ({ source }: BillLine): boolean => source.startsWith(EXPLORER);
/** Whether a line is of an exported bill of AWS. */
const isOfAws = ({ source }: BillLine): boolean => !source.startsWith(EXPLORER) && /^(?:AWS|Amazon)/i.test(source);

/**
 * Lines without those of AWS Cost Explorer on days that an exported bill of AWS has: the two are the same cost. An export says more, and
 * counts. A line of Cost Explorer is of one day.
 */
export function withoutTwice(lines: readonly BillLine[]): BillLine[] {
  // Fees are of a whole month: they say nothing of which of its days an export has.
  const spans = joinSpans(lines.filter((line) => isOfAws(line) && line.untilDay <= addDays(line.fromDay, 1)));
  const isExported = (day: number) => spans.some((span) => span.fromDay <= day && day < span.untilDay);
  return lines.filter((line) => !isOfExplorer(line) || !isExported(line.fromDay));
}

/** Amount and time of one team, of both sides. */
interface Sides {
  actual: bigint;
  actualHours: number | null;
  estimated: bigint;
  estimatedHours: number;
}
const noSides = (): Sides => ({ actual: 0n, actualHours: 0, estimated: 0n, estimatedHours: 0 });

/** Days of a span in their order. */
export function eachDay({ fromDay, untilDay }: DaySpan): number[] {
  const out: number[] = [];
  for (let day = fromDay; day < untilDay; day = addDays(day, 1)) out.push(day);
  return out;
}

/** Days of spans, those of each counted once: a bill has thousands of lines on the same ones. */
function daysOnce(): (span: DaySpan) => readonly number[] {
  const known = new Map<number, readonly number[]>();
  return ({ fromDay, untilDay }) => {
    const key = fromDay * 100_000_000 + untilDay;
    const days = known.get(key) ?? eachDay({ fromDay, untilDay });
    known.set(key, days);
    return days;
  };
}

/**
 * Bills against charges, on the days that have both: a day without a bill costs nothing there only because nobody has imported it.
 * @param lines that touch the span. @param isCharged whether a day is charged.
 */
export function compareBills(
  span: DaySpan,
  lines: readonly BillLine[],
  basis: Basis,
  charged: readonly ChargedDay[],
  isCharged: (day: number) => boolean,
): Comparison {
  const all = eachDay(span);
  const counted = withoutTwice(lines);
  const daysOf = daysOnce();
  const billed = new Set<number>();
  for (const line of counted)
    for (const day of daysOf(line)) if (day >= span.fromDay && day < span.untilDay) billed.add(day);
  const days = all.filter((day) => billed.has(day) && isCharged(day));
  const isCompared = new Set(days);
  const notFinal = new Set<number>();
  const sides = new Map<number, Sides>();
  const sideOf = (teamKey: number): Sides => {
    const side = sides.get(teamKey) ?? noSides();
    sides.set(teamKey, side);
    return side;
  };
  const others: number[] = [];
  for (const line of counted)
    for (const day of daysOf(line)) {
      if (!isCompared.has(day)) continue;
      if (line.estimated === 1) notFinal.add(day);
      const isWhole = daysOf(line).length === 1;
      const micros = isWhole ? amountOf(line, basis) : onDay(line, basis, day);
      if (line.gpu === "") others.push(micros);
      else {
        const side = sideOf(line.teamKey);
        const hours = isWhole ? line.gpuMilliHours : hoursOnDay(line, day);
        side.actual += BigInt(micros);
        side.actualHours = side.actualHours === null || hours === null ? null : side.actualHours + hours;
      }
    }
  for (const { day, teamKey, micros, milliHours } of charged) {
    if (!isCompared.has(day)) continue;
    const side = sideOf(teamKey);
    side.estimated += BigInt(micros);
    side.estimatedHours += milliHours;
  }
  const sorted = [...sides].sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, side]) => addedSides(sum, side), noSides());
  return {
    days,
    withoutBill: all.filter((day) => !billed.has(day)),
    withoutCharges: all.filter((day) => !isCharged(day)),
    teams: sorted.map(([teamKey, side]) => ({ teamKey, ...comparedSides(side) })),
    ...{ ...comparedSides(total), otherMicros: sumMicros(others), notFinal: [...notFinal].sort((a, b) => a - b) },
  };
}

const addedSides = (a: Sides, b: Sides): Sides => ({
  ...{ actual: a.actual + b.actual, estimated: a.estimated + b.estimated },
  actualHours: a.actualHours === null || b.actualHours === null ? null : a.actualHours + b.actualHours,
  estimatedHours: a.estimatedHours + b.estimatedHours,
});

const comparedSides = ({ actual, actualHours, estimated, estimatedHours }: Sides) => {
  const [actualMicros, estimatedMicros] = [exactMicros(actual), exactMicros(estimated)];
  return {
    ...{ actualMicros, actualMilliHours: actualHours, estimatedMicros, estimatedMilliHours: estimatedHours },
    parts: priceAndVolume(
      { micros: actualMicros, milliHours: actualHours },
      { micros: estimatedMicros, milliHours: estimatedHours },
    ),
  };
};
