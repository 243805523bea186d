import type { BudgetScope } from "@/lib/budgets/types.ts";

/**
 * What a unit's cost is made of. `allocation`: everything that was charged for the workloads. `usage`: of it, GPU time in which the
 * cards worked (the classes active and inefficient).
 */
export const BASES = ["allocation", "usage"] as const;
export type Basis = (typeof BASES)[number];

/**
 * Where counts come from: people and programs report them, a query of a source counts them, or they are the requests that the inference
 * workloads of the scope report to have served, or the tokens that their vLLM counts.
 */
export const COUNT_SOURCES = ["reported", "query", "requests", "tokens"] as const;
export type CountSource = (typeof COUNT_SOURCES)[number];

export const PERS = [1, 1000, 1_000_000] as const;
export const CATEGORIES = ["Deploy", "Train", "Build"] as const;

/** Something that is counted, and whose cost each of it shares. */
export interface Unit {
  readonly name: string;
  /** One of what is counted, such as `request`. */
  readonly noun: string;
  /** Cost is shown for so many. */
  readonly per: number;
  readonly scope: BudgetScope;
  /** Narrow the scope; empty: not. `key=value` of the pods' labels, a GPU model, a category of workloads. */
  readonly label: string;
  readonly gpuModel: string;
  readonly category: string;
  /** With shares of unused capacity and imported cost. */
  readonly loaded: boolean;
  /** What target and threshold are about. */
  readonly basis: Basis;
  readonly source: CountSource;
  /** In the source's own language, with `$window` for the length of the window; empty unless `source` is `query`. */
  readonly query: string;
  readonly emptyIsZero: boolean;
  /** Day key: the first day whose counts are read. */
  readonly countsFromDay: number;
  /** Micro-units for `per` units; null: none. */
  readonly targetMicros: number | null;
  readonly thresholdMicros: number | null;
  readonly note: string;
}

export interface StoredUnit extends Unit {
  readonly key: number;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly archivedAt: number | null;
}

/** Of what the cost is, in words: `1,000 requests`, `request`. */
export const perText = ({ noun, per }: Pick<Unit, "noun" | "per">): string =>
  per === 1
    ? noun
    : per === 1_000_000
      ? `million ${pluralOf(noun)}`
      : `${per.toLocaleString("en-US")} ${pluralOf(noun)}`;

/** `requests` of `request`, `queries` of `query`. */
export const pluralOf = (noun: string): string =>
  /[^aeiou]y$/i.test(noun) ? `${noun.slice(0, -1)}ies` : /(s|x|z|ch|sh)$/i.test(noun) ? `${noun}es` : `${noun}s`;
