import { amountBefore, type DaySpan } from "@/lib/costs/spread.ts";
import { type ExactMicros, exactMicros, sumMicros } from "@/lib/money.ts";
import { addDays } from "@/lib/time.ts";
import type { Basis, BillLine } from "./types.ts";

/** Of one team (0: no tag names one) in micro-units: what clouds billed for GPUs, and what the ledger charged for them. */
export interface ComparedTeam {
  readonly teamKey: number;
  readonly actualMicros: ExactMicros;
  readonly estimatedMicros: ExactMicros;
}

export interface Comparison {
  /** Day keys that both have: only they are compared. */
  readonly days: readonly number[];
  readonly withoutBill: readonly number[];
  readonly withoutCharges: readonly number[];
  /** By team; a team is listed where either has an amount. */
  readonly teams: readonly ComparedTeam[];
  readonly actualMicros: ExactMicros;
  readonly estimatedMicros: ExactMicros;
  /** Billed on these days for something else than GPUs: no part of the comparison. */
  readonly otherMicros: ExactMicros;
}

/** What the ledger charged one team for usage and shares on one day. */
export interface ChargedDay {
  readonly day: number;
  readonly teamKey: number;
  readonly micros: ExactMicros;
}

/** The part of a line that is of one day, exactly: the parts of all its days add up to it. */
export function onDay(line: BillLine, basis: Basis, day: number): number {
  const amountMicros = basis === "effective" ? line.effectiveMicros : line.billedMicros;
  const spread = { fromDay: line.fromDay, untilDay: line.untilDay, amountMicros };
  return amountBefore(spread, addDays(day, 1)) - amountBefore(spread, day);
}

/** Days of a span in their order. */
export function eachDay({ fromDay, untilDay }: DaySpan): number[] {
  const out: number[] = [];
  for (let day = fromDay; day < untilDay; day = addDays(day, 1)) out.push(day);
  return out;
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
  const billed = new Set(lines.flatMap((line) => eachDay(line).filter((d) => d >= span.fromDay && d < span.untilDay)));
  const days = all.filter((day) => billed.has(day) && isCharged(day));
  const isCompared = new Set(days);
  const actual = new Map<number, bigint>();
  const estimated = new Map<number, bigint>();
  const add = (to: Map<number, bigint>, key: number, micros: ExactMicros) =>
    to.set(key, (to.get(key) ?? 0n) + BigInt(micros));
  const others: number[] = [];
  for (const line of lines)
    for (const day of eachDay(line)) {
      if (!isCompared.has(day)) continue;
      const micros = onDay(line, basis, day);
      if (line.gpu === "") others.push(micros);
      else add(actual, line.teamKey, micros);
    }
  for (const { day, teamKey, micros } of charged) if (isCompared.has(day)) add(estimated, teamKey, micros);
  const keys = [...new Set([...actual.keys(), ...estimated.keys()])].sort((a, b) => a - b);
  return {
    days,
    withoutBill: all.filter((day) => !billed.has(day)),
    withoutCharges: all.filter((day) => !isCharged(day)),
    teams: keys.map((teamKey) => ({
      teamKey,
      actualMicros: exactMicros(actual.get(teamKey) ?? 0n),
      estimatedMicros: exactMicros(estimated.get(teamKey) ?? 0n),
    })),
    actualMicros: sumMicros(actual.values()),
    estimatedMicros: sumMicros(estimated.values()),
    otherMicros: sumMicros(others),
  };
}
