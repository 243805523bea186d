/** The seed of properties that name none: the same cases each time, on every machine. fast-check prints it with what fails. */
const SEED = 20_261_101;

/**
 * How often a property is tried, for fast-check: `n` times with a fixed seed, ten times as often with FULL=1. Mutation runs
 * divide it by RUNS_DIVISOR: there each case runs once for each mutant.
 */
export function runs(n: number, seed = SEED): { readonly numRuns: number; readonly seed: number } {
  const factor = process.env.FULL === "1" ? 10 : 1 / Number(process.env.RUNS_DIVISOR ?? 1);
  return { numRuns: Math.max(1, Math.ceil(n * factor)), seed };
}
