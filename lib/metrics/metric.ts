import type { Ctx } from "@/lib/ctx.ts";

/** A metric as Prometheus knows it. Units are base units (seconds, ratio 0–1, GPUs); money is in the currency of its label `currency`. */
export interface Metric {
  readonly name: string;
  readonly type: "gauge" | "counter" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
}

/** One series of a metric: the values of all its labels, and a number. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  /** Of a histogram: how many in all. */
  readonly value: number;
  /** Of a histogram alone: how many were at most so many seconds, each with those below it; and the sum of all. */
  readonly buckets?: readonly { readonly seconds: number; readonly count: number }[];
  readonly sum?: number;
}

/** Metrics that are read together. A failure of one group leaves the others as they are. */
export interface MetricGroup<N extends string = string> {
  readonly name: string;
  readonly metrics: readonly (Metric & { readonly name: N })[];
  /** Samples by metric, of the whole ledger. What is unknown has no sample: it is never zero. */
  read(ctx: Ctx): Promise<Readonly<Record<N, readonly Sample[]>>>;
}

/** Defines a group whose `read` returns samples for exactly its metrics. */
export const defineGroup = <const N extends string>(group: MetricGroup<N>): MetricGroup<N> => group;

/**
 * Samples of a metric from rows; a value of null, or one that is not finite, has no sample.
 * @throws Error where two rows have the same labels: one of them would be lost.
 */
export function samplesOf<R>(
  rows: Iterable<R>,
  labels: (row: R) => Readonly<Record<string, string>>,
  value: (row: R) => number | null,
): Sample[] {
  const out = new Map<string, Sample>();
  for (const row of rows) {
    const number = value(row);
    if (number === null || !Number.isFinite(number)) continue;
    const sample = { labels: labels(row), value: number };
    const key = JSON.stringify(sample.labels);
    if (out.has(key)) throw new Error(`two samples have the labels ${key}`);
    out.set(key, sample);
  }
  return [...out.values()];
}

/** One sample for each set of labels: the sum over the rows that have them. */
export function sumOver<R>(
  rows: Iterable<R>,
  labels: (row: R) => Readonly<Record<string, string>>,
  value: (row: R) => number,
): Sample[] {
  const out = new Map<string, Sample>();
  for (const row of rows) {
    const own = labels(row);
    const key = JSON.stringify(own);
    out.set(key, { labels: own, value: (out.get(key)?.value ?? 0) + value(row) });
  }
  return [...out.values()];
}
