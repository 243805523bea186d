import { settingsOf } from "@/lib/allocation/policies.ts";
import { DayRules } from "@/lib/attribution/resolve.ts";
import { PLATFORM_TEAM, UNASSIGNED_TEAM } from "@/lib/attribution/types.ts";
import { compareKeys } from "@/lib/order.ts";
import { DayPrices } from "@/lib/pricing/price-book.ts";
import { addAmounts } from "./amounts.ts";
import type { DayCharges, DayInput, TeamDay } from "./day.ts";
import { type Rated, rateGpus, rateHosts } from "./rate.ts";
import { shareDay } from "./share-day.ts";
import { termsOf } from "./terms.ts";
import type { Charge, Share } from "./types.ts";

/**
 * One billing day of every cluster: usage × the prices in force → charges with their payers → what policies move.
 * Pure, and the same for page, dry run, close and audit. Days do not depend on each other.
 */
export function chargeDay(given: DayInput): DayCharges {
  // Equal remainders go to the earlier row: in an order of their own, whatever order they came in.
  const usage = [...given.usage].sort((a, b) => a.hardwareKey - b.hardwareKey || a.workloadKey - b.workloadKey);
  const input = { ...given, usage };
  const prices = new DayPrices(input.rules.book, input.day);
  const rules = new DayRules(input.rules.teamRules, input.day);
  const gpus = rateGpus(input.day, termsOf(input, prices));
  const hosts = rateHosts(input, prices, settingsOf(input.rules.settings, input.day));
  const payer = payerOf(input, rules);
  const charges = [...gpus.rated, ...hosts.rated].map((rated) => toCharge(input, rated, payer)).sort(byIdentity);
  return {
    charges,
    teamDays: sumByTeam(charges),
    shares: shareDay(input, charges, rules),
    unpriced: [...gpus.unpriced, ...hosts.unpriced],
  };
}

/** Nobody's usage is the platform's; a workload that inventory does not know is Unassigned. */
function payerOf({ workloads }: DayInput, rules: DayRules): (workloadKey: number) => number {
  const known = new Map<number, number>([[0, PLATFORM_TEAM]]);
  return (key) => {
    let team = known.get(key);
    if (team === undefined) {
      const identity = workloads.get(key)?.identity;
      team = identity ? rules.team(identity) : UNASSIGNED_TEAM;
      known.set(key, team);
    }
    return team;
  };
}

function toCharge(input: DayInput, rated: Rated, payer: (workloadKey: number) => number): Charge {
  const { usage, sku, price, quantity, amountMicros, observedMilli, expectedMilli, classes } = rated;
  return {
    day: input.day,
    hardwareKey: usage.hardwareKey,
    workloadKey: usage.workloadKey,
    sku,
    priceClass: price.priceClass,
    priceKey: price.priceKey,
    unitPriceNanos: price.unitPriceNanos,
    teamKey: payer(usage.workloadKey),
    projectKey: input.workloads.get(usage.workloadKey)?.projectKey ?? 0,
    quantity,
    amountMicros,
    observedMilli,
    expectedMilli,
    classes,
  };
}

/** Charges in the order of their identity, in which they are made, stored and hashed. */
export const byIdentity = (a: Charge, b: Charge): number =>
  a.hardwareKey - b.hardwareKey ||
  a.workloadKey - b.workloadKey ||
  compare(a.sku, b.sku) ||
  compare(a.priceClass, b.priceClass);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Charges summed over the workloads of a team and project. */
export function sumByTeam(charges: readonly Charge[]): TeamDay[] {
  const out = new Map<string, TeamDay>();
  for (const { workloadKey: _, ...charge } of charges) {
    const key = `${charge.teamKey}/${charge.projectKey}/${charge.hardwareKey}/${charge.sku}/${charge.priceClass}/${charge.priceKey}`;
    const sum = out.get(key);
    if (sum) addAmounts(sum, charge);
    else out.set(key, { ...charge, classes: { ...charge.classes } });
  }
  return [...out.values()];
}

/** Shares in the order of their identity, in which they are stored and hashed. */
export const byShare = (a: Share, b: Share): number => compareKeys(shareKey(a), shareKey(b));
const shareKey = (s: Share) => [s.clusterId, s.hardwareKey, s.costClass, s.teamKey, s.method] as const;
