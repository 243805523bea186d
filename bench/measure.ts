/** One number that a benchmark found. Its budget is in budgets.json under `<benchmark>.<key>`; without one it is only reported. */
export interface Figure {
  readonly key: string;
  readonly what: string;
  readonly value: number;
  readonly unit: "times" | "percent" | "s" | "ms" | "MB" | "bytes" | "count";
}

export interface Outcome {
  readonly figures: readonly Figure[];
  /** Sentences for RESULTS.md: sizes, what was sampled and scaled. */
  readonly notes: readonly string[];
}

export interface Benchmark {
  readonly name: string;
  readonly what: string;
  readonly how: string;
  run(): Promise<Outcome>;
}

/** Wall-clock seconds of `body`, with its result. */
export async function timed<T>(body: () => Promise<T> | T): Promise<{ seconds: number; result: T }> {
  const start = performance.now();
  const result = await body();
  return { seconds: (performance.now() - start) / 1000, result };
}

/** The smallest value that a share of the values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? Number.NaN;
}

/** Milliseconds of each of `runs` calls, after `warm` that do not count. */
export async function laps(
  runs: number,
  body: (i: number) => Promise<unknown>,
  warm = Math.min(3, runs),
): Promise<number[]> {
  const out: number[] = [];
  for (let i = -warm; i < runs; i++) {
    const start = performance.now();
    await body(i < 0 ? runs + i : i);
    if (i >= 0) out.push(performance.now() - start);
  }
  return out;
}
