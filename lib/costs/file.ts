import type { Team } from "@/lib/attribution/types.ts";
import { divideHalfEven, type Micros, safeInteger } from "@/lib/money.ts";
import { rateOn } from "@/lib/pricing/price-book.ts";
import type { PriceBook } from "@/lib/pricing/types.ts";
import { dateOfKey } from "@/lib/time.ts";
import type { Bounds, DaySpan } from "./spread.ts";

/** One line of imported cost, as it is stored. */
export interface CostLine {
  readonly fromDay: number;
  readonly untilDay: number;
  /** 0: of nobody. */
  readonly teamKey: number;
  /** Empty: of no cluster in particular. */
  readonly clusterId: string;
  readonly category: string;
  readonly description: string;
  /** In the ledger's currency. */
  readonly amountMicros: Micros;
  readonly currency: string;
  readonly billedMicros: Micros;
  /** Of a FOCUS file, whose bill of which period it is, as people read it: two files with the same are versions of one export. Else empty. */
  readonly source: string;
}

export interface CostFile {
  readonly format: "csv" | "focus";
  readonly lines: readonly CostLine[];
  /** What the reader should know: what was left out, and why. */
  readonly notes: readonly string[];
}

/** What a file is read against. */
export interface CostContext {
  readonly teams: readonly Team[];
  readonly clusters: readonly { readonly id: string; readonly name: string }[];
  readonly book: PriceBook;
  readonly billingTimeZone: string;
  /** What days its lines may have. */
  readonly bounds: Bounds;
  /** Periods that are closed, as day keys `[from, until)`. */
  readonly closed: readonly DaySpan[];
  /** Every line's team, whatever the file says; 0: of nobody; undefined: as the file says. */
  readonly teamKey: number | undefined;
  /** Takes lines that look like GPU time, too: all, or those of the names that are listed. */
  readonly withGpus: boolean | readonly string[];
  /** Of a FOCUS file: what was invoiced instead of what it comes to after discounts. */
  readonly billed: boolean;
}

/**
 * An amount in the ledger's currency by the newest rate on or before a day, rounded half to even.
 * @returns a sentence where there is no rate.
 */
export function inLedgerCurrency(
  book: PriceBook,
  billedMicros: Micros,
  currency: string,
  day: number,
): Micros | string {
  if (currency === book.currency) return billedMicros;
  const rate = rateOn(book, currency, day);
  if (!rate) return `There is no exchange rate for ${currency} on or before ${dateOfKey(day)}: record one first.`;
  return safeInteger(divideHalfEven(BigInt(billedMicros) * BigInt(rate.rateNanos), 1_000_000_000n));
}

/** The closed period that some days touch. */
export const closedAt = (closed: readonly DaySpan[], { fromDay, untilDay }: DaySpan): DaySpan | undefined =>
  closed.find((c) => untilDay > c.fromDay && fromDay < c.untilDay);

/** A closed period that some days touch, in a sentence; null: none. */
export function closedProblem(context: CostContext, fromDay: number, untilDay: number): string | null {
  const hit = closedAt(context.closed, { fromDay, untilDay });
  if (!hit) return null;
  return `${dateOfKey(hit.fromDay)} to ${dateOfKey(hit.untilDay)} is closed: date it in an open period, and name its own in the description.`;
}

/** Whose a text is: the team of that name, else the one of that cost centre; letters' case aside, archived teams are not looked at. */
export type Owner = { readonly key: number } | { readonly ambiguous: string };

/** @returns undefined where no team has that name or cost centre; a sentence where several have the cost centre. */
export function ownerOf(teams: readonly Team[], text: string): Owner | undefined {
  const wanted = text.trim().toLowerCase();
  const live = teams.filter((t) => t.archivedAt === null);
  const named = live.find((t) => t.name.toLowerCase() === wanted);
  if (named) return { key: named.key };
  const found = live.filter((t) => t.costCentre !== "" && t.costCentre.toLowerCase() === wanted);
  if (found.length > 1) {
    const names = found.map((t) => t.name).sort();
    return {
      ambiguous: `the cost centre "${text.trim()}" belongs to ${names.slice(0, -1).join(", ")} and ${names.at(-1)}: name the team, or choose one for the whole file.`,
    };
  }
  return found[0] && { key: found[0].key };
}

/** Whether a line that names a GPU is taken: all of them are, or those of the names that somebody chose. */
export const takesGpu = (withGpus: CostContext["withGpus"], name: string): boolean =>
  typeof withGpus === "boolean" ? withGpus : withGpus.some((chosen) => chosen.toLowerCase() === name.toLowerCase());
