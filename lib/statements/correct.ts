import type { DayCharges, TeamDay } from "@/lib/charges/day.ts";
import type { Charge, Share } from "@/lib/charges/types.ts";
import { addExactly, priceOf, type Sku, sumExactly } from "@/lib/money.ts";

/** What a correction is about, but for its day. Of shares: SKU `share`, and the class of cost in place of the price class. */
export interface CorrectionKey {
  readonly teamKey: number;
  readonly projectKey: number;
  readonly hardwareKey: number;
  readonly sku: Sku | "share";
  readonly priceClass: string;
}

export interface Correction extends CorrectionKey {
  readonly quantity: number;
  readonly amountMicros: number;
  readonly reason: string;
}

type Sum = { quantity: number; amountMicros: number };
type Booked = CorrectionKey & Readonly<Sum>;
/** What was frozen of a day, and what it would come to now. */
export type DaySide = Pick<DayCharges, "charges" | "shares" | "unpriced">;

export const REASONS = {
  usage: "late usage",
  price: "price change",
  team: "team change",
  policy: "policy change",
  cost: "imported cost changed",
  follows: "follows from other corrections of the day",
} as const;

const idOf = (k: CorrectionKey): string =>
  JSON.stringify([k.teamKey, k.projectKey, k.hardwareKey, k.sku, k.priceClass]);

/**
 * What a closed day would come to now, less what was frozen and what corrections booked since: one row for each team ×
 * project × hardware × SKU × price class that differs, so that frozen + booked + these = now, to the micro-unit.
 */
export function correctDay(frozen: DaySide, booked: readonly Booked[], now: DaySide): Correction[] {
  const sums = new Map<string, { key: CorrectionKey; sum: Sum }>();
  const add = (key: CorrectionKey, quantity: number, amountMicros: number) => {
    const id = idOf(key);
    const entry = sums.get(id) ?? { key, sum: { quantity: 0, amountMicros: 0 } };
    entry.sum.quantity += quantity;
    entry.sum.amountMicros = addExactly(entry.sum.amountMicros, amountMicros);
    sums.set(id, entry);
  };
  const side = ({ charges, shares }: DaySide, sign: 1 | -1) => {
    for (const c of charges) add(keyOf(c), sign * c.quantity, sign * c.amountMicros);
    for (const s of shares) add(shareKey(s), 0, sign * s.amountMicros);
  };
  side(now, 1);
  side(frozen, -1);
  for (const b of booked) add(b, -b.quantity, -b.amountMicros);
  const { reasons, isAtPrice } = reasonsOf(frozen, now);
  return [...sums].flatMap(([id, { key, sum }]) => {
    if (sum.quantity === 0 && sum.amountMicros === 0) return [];
    const { teamKey, projectKey, hardwareKey, sku, priceClass } = key;
    const found = reasons(id);
    const reason = (sku === "share" ? found : narrowed(found, sum, isAtPrice(id, sku, sum))).join(", ");
    // Adding 0 makes a zero of either sign a plain one.
    const [quantity, amountMicros] = [sum.quantity + 0, sum.amountMicros + 0];
    return [{ teamKey, projectKey, hardwareKey, sku, priceClass, quantity, amountMicros, reason }];
  });
}

const keyOf = (c: Pick<TeamDay, "teamKey" | "projectKey" | "hardwareKey" | "sku" | "priceClass">): CorrectionKey => c;
const shareKey = (s: Share): CorrectionKey => ({
  teamKey: s.teamKey,
  projectKey: 0,
  hardwareKey: s.hardwareKey,
  sku: "share",
  priceClass: s.costClass,
});

/**
 * The reasons that a row can have. They are found by what was frozen, and corrections booked since may have settled one of them: a row
 * without a quantity is about the price alone, and one that is its quantity at the price of now is not about the price.
 */
function narrowed(reasons: readonly string[], { quantity }: Sum, isAtPrice: boolean): readonly string[] {
  const left = reasons.filter((r) =>
    r === REASONS.price ? quantity === 0 || !isAtPrice : quantity !== 0 || (r !== REASONS.usage && r !== REASONS.team),
  );
  return left.length ? left : reasons;
}

interface Reasons {
  readonly reasons: (id: string) => readonly string[];
  /** Whether a row is its quantity at the one price that its workloads have now, but for the rounding of each charge. */
  readonly isAtPrice: (id: string, sku: Sku, sum: Sum) => boolean;
}

/** Why each row differs, as far as the charges of its workloads show. */
function reasonsOf(frozen: DaySide, now: DaySide): Reasons {
  const prices = new Map<string, Set<number>>();
  let charges = 0;
  const found = new Map<string, Set<string>>();
  const add = (key: CorrectionKey, reason: string) => {
    const id = idOf(key);
    found.set(id, (found.get(id) ?? new Set()).add(reason));
  };
  const before = new Map(groups(frozen.charges));
  const after = new Map(groups(now.charges));
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(id) ?? [], after.get(id) ?? []];
    const own =
      was.length && is.length ? chargeReasons(was, is) : [appearance(was.length ? now : frozen, was[0] ?? is[0])];
    for (const charge of [...was, ...is]) {
      const key = keyOf(charge);
      for (const reason of own) add(key, reason);
      const known = prices.get(idOf(key)) ?? new Set();
      prices.set(idOf(key), is.length ? is.reduce((set, c) => set.add(c.unitPriceNanos), known) : known);
      charges++;
    }
  }
  addShareReasons(frozen.shares, now.shares, add);
  return {
    reasons: (id) => [...(found.get(id) ?? [REASONS.follows])].sort(),
    isAtPrice: (id, sku, { quantity, amountMicros }) => {
      const [price, ...others] = prices.get(id) ?? [];
      if (price === undefined || others.length > 0) return false;
      return Math.abs(amountMicros - priceOf(quantity, sku, price)) <= charges;
    },
  };
}

/** Charges of one workload on one hardware for one SKU, whatever its price classes. */
const groups = (charges: readonly Charge[]): [string, Charge[]][] => [
  ...Map.groupBy(charges, (c) => `${c.hardwareKey}/${c.workloadKey}/${c.sku}`),
];

/** Everything that changed: a move whose price changed, too, has both reasons. */
function chargeReasons(was: readonly Charge[], is: readonly Charge[]): string[] {
  const quantity = (list: readonly Charge[]) => list.reduce((sum, c) => sum + c.quantity, 0);
  const all = (list: readonly Charge[], of: (c: Charge) => unknown) =>
    JSON.stringify([...new Set(list.map(of))].sort());
  const differ = (of: (c: Charge) => unknown) => all(was, of) !== all(is, of);
  return [
    ...(quantity(was) !== quantity(is) ? [REASONS.usage] : []),
    ...(differ((c) => `${c.teamKey}/${c.projectKey}`) ? [REASONS.team] : []),
    ...(differ((c) => `${c.priceKey}/${c.unitPriceNanos}/${c.priceClass}`) ? [REASONS.price] : []),
  ];
}

/** Of a charge that the other side has not: usage that no price covered is no charge there, so it is about its price. */
function appearance({ unpriced }: DaySide, charge: Charge | undefined): string {
  const lacked = unpriced.some((u) => u.hardwareKey === charge?.hardwareKey && u.sku === charge.sku);
  return lacked ? REASONS.price : REASONS.usage;
}

function addShareReasons(
  frozen: readonly Share[],
  now: readonly Share[],
  add: (key: CorrectionKey, reason: string) => void,
): void {
  const of = (s: Share) => `${s.clusterId}/${s.hardwareKey}/${s.costClass}`;
  const [before, after] = [Map.groupBy(frozen, of), Map.groupBy(now, of)];
  const methods = (list: readonly Share[]) => JSON.stringify([...new Set(list.map((s) => s.method))].sort());
  const total = (list: readonly Share[]) => sumExactly(list.map((s) => s.amountMicros));
  for (const pot of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(pot) ?? [], after.get(pot) ?? []];
    const reason = methods(was) !== methods(is) ? REASONS.policy : total(was) !== total(is) ? REASONS.cost : null;
    if (reason) for (const share of [...was, ...is]) add(shareKey(share), reason);
  }
}
