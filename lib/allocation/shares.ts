import { type Micros, priceFraction, splitExactly } from "@/lib/money.ts";
import type { CostClass, ShareMethod } from "./types.ts";

/** What a cost is split by: an integer ≥ 0 for each team that takes part. */
export type Weights = ReadonlyMap<number, number>;

/** One amount of the platform's that a policy may move. */
export interface Pot {
  readonly costClass: CostClass;
  readonly hardwareKey: number;
  readonly amountMicros: Micros;
}

export interface Part extends Pot {
  readonly teamKey: number;
  readonly method: ShareMethod | "unused-quota";
  readonly weight: number;
  readonly weightTotal: number;
}

/**
 * Splits a pot over teams in proportion to their weights by the largest remainder; teams in the order of their keys.
 * The parts sum to the pot. Empty where the weights are all 0 or the pot is: then nothing is moved.
 */
export function splitPot(pot: Pot, method: Part["method"], weights: Weights): Part[] {
  const teams = [...weights].filter(([, weight]) => weight > 0).sort(([a], [b]) => a - b);
  const weightTotal = teams.reduce((sum, [, weight]) => sum + weight, 0);
  if (weightTotal === 0 || pot.amountMicros === 0) return [];
  const amounts = splitExactly(
    pot.amountMicros,
    teams.map(([, weight]) => weight),
  );
  return teams.map(([teamKey, weight], i) => ({
    ...pot,
    amountMicros: amounts[i] as number,
    teamKey,
    method,
    weight,
    weightTotal,
  }));
}

/**
 * The part of unallocated capacity that teams reserved and did not use, and what is left of the pot for the policy.
 * @param unallocatedMilli of the pool, and what of it is `pot`'s price; `unused` is each team's unused quota in the pool.
 * More unused quota than free capacity (quotas beyond the pool) takes all of the pot, no more.
 */
export function chargeUnusedQuota(
  pot: Pot,
  unallocatedMilli: number,
  unused: Weights,
): { readonly parts: Part[]; readonly rest: Pot } {
  const wanted = [...unused.values()].reduce((sum, milli) => sum + milli, 0);
  if (wanted === 0 || unallocatedMilli === 0) return { parts: [], rest: pot };
  const taken = priceFraction(pot.amountMicros, Math.min(wanted, unallocatedMilli), unallocatedMilli);
  const parts = splitPot({ ...pot, amountMicros: taken }, "unused-quota", unused);
  return { parts, rest: { ...pot, amountMicros: pot.amountMicros - taken } };
}
