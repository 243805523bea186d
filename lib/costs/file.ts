import type { Team } from "@/lib/attribution/types.ts";
import { AppError } from "@/lib/errors.ts";
import { divideHalfEven, type Micros, safeInteger } from "@/lib/money.ts";
import { rateOn } from "@/lib/pricing/price-book.ts";
import type { PriceBook } from "@/lib/pricing/types.ts";
import { dateOfKey } from "@/lib/time.ts";
import type { Bounds } from "./spread.ts";

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
  readonly closed: readonly { readonly fromDay: number; readonly untilDay: number }[];
  /** Every line's team, whatever the file says; 0: of nobody; undefined: as the file says. */
  readonly teamKey: number | undefined;
  /** Takes lines that look like GPU time too. */
  readonly withGpus: boolean;
  /** Of a FOCUS file: what was invoiced instead of what it comes to after discounts. */
  readonly billed: boolean;
}

/** Problems of a file, each with its line: all are told, and one is enough for nothing to be written. */
export class Problems {
  readonly #list: string[] = [];
  add(line: number, problem: string): void {
    this.#list.push(`Line ${line}: ${problem}`);
  }
  get any(): boolean {
    return this.#list.length > 0;
  }
  /** @throws AppError `invalid` that lists them, where there are any. */
  refuse(): void {
    if (!this.any) return;
    const shown = this.#list.slice(0, 20);
    const more = this.#list.length - shown.length;
    if (more > 0) shown.push(`… and ${more} more.`);
    throw new AppError("invalid", `Nothing was imported:\n${shown.join("\n")}`);
  }
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

/** A closed period that some days touch, in a sentence; null: none. */
export function closedProblem(context: CostContext, fromDay: number, untilDay: number): string | null {
  const hit = context.closed.find((c) => untilDay > c.fromDay && fromDay < c.untilDay);
  if (!hit) return null;
  return `${dateOfKey(hit.fromDay)} to ${dateOfKey(hit.untilDay)} is closed: date it in an open period, and name its own in the description.`;
}

/** The team of a name or cost centre, letters' case aside; archived ones are not looked at. */
export function teamOf(teams: readonly Team[], text: string): Team | undefined {
  const wanted = text.trim().toLowerCase();
  const live = teams.filter((t) => t.archivedAt === null);
  const named = live.find((t) => t.name.toLowerCase() === wanted);
  return named ?? live.find((t) => t.costCentre !== "" && t.costCentre.toLowerCase() === wanted);
}

/** The instances and words by which GPU time is known: AWS, Azure, Google, and cards by name. */
const GPU =
  /\bgpus?\b|\bnvidia\b|\b[hb][123]00\b|\bgb[23]00\b|\b[av]100\b|\bl40s?\b|\ba10g\b|\b(p[2-9]|g[3-9])[a-z0-9-]*\.(\d*x?large|metal)|\bstandard_n[cdv]|\ba[234]-\w*gpu|\bg2-standard/i;
export const looksLikeGpus = (...texts: readonly string[]): boolean => texts.some((text) => GPU.test(text));
