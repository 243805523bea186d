import { type ClassRow, classProperty, HELD, OBSERVABLE, sumOf, zeroMillis } from "@/lib/classes.ts";
import { priceFraction, splitExactly } from "@/lib/money.ts";
import { type DayPrices, isPriced, type NoPrice } from "@/lib/pricing/price-book.ts";
import type { AppliedPrice, PriceClass } from "@/lib/pricing/types.ts";
import type { DayInput, DayUsage, Hardware } from "./day.ts";

/** A part of a usage row under one price, or under none. */
export interface Termed {
  readonly usage: DayUsage;
  readonly hardware: Hardware;
  readonly priceClass: PriceClass;
  readonly price: AppliedPrice | NoPrice;
  readonly classes: Readonly<ClassRow<"milli">>;
  /** Of them, those with a utilisation sample. */
  readonly observedMilli: number;
}

/** What samples should cover of held time: not what was down. */
const seenMilli = (classes: Readonly<ClassRow<"milli">>): number => sumOf(classes, OBSERVABLE, "milli");
const heldMilli = (u: DayUsage): number => sumOf(u.classes, HELD, "milli");

/**
 * Under which terms each row's GPU time is priced: `reserved` where the place has such a price; else `spot` for what may be
 * pre-empted; else `over-quota` for what a project holds above its quota of the pool that day; else `standard`. A term that
 * has no price in force is passed over, so a book of standard prices prices everything.
 */
export function termsOf(input: DayInput, prices: DayPrices): Termed[] {
  const over = prices.has("gpu", "over-quota") ? overQuota(input) : new Map<DayUsage, number>();
  return input.usage.flatMap((usage) => {
    const hardware = input.hardware.get(usage.hardwareKey);
    if (!hardware?.gpuModel) return [];
    const look = (priceClass: PriceClass) => prices.find(hardware, "gpu", priceClass);
    const whole = (priceClass: PriceClass, price = look(priceClass)): Termed[] => [
      { usage, hardware, priceClass, price, classes: usage.classes, observedMilli: usage.observedMilli },
    ];
    const reserved = look("reserved");
    if (isPriced(reserved)) return whole("reserved", reserved);
    const workload = input.workloads.get(usage.workloadKey);
    const spot = workload?.preemptible ? look("spot") : null;
    if (spot && isPriced(spot)) return whole("spot", spot);
    const above = over.get(usage) ?? 0;
    const overPrice = look("over-quota");
    if (above === 0 || !isPriced(overPrice)) return whole("standard");
    const [high, low] = divide(usage.classes, above);
    const expected = seenMilli(high) + seenMilli(low);
    const observed = expected === 0 ? 0 : priceFraction(usage.observedMilli, seenMilli(high), expected);
    const rest = usage.observedMilli - observed;
    return [
      { usage, hardware, priceClass: "over-quota", price: overPrice, classes: high, observedMilli: observed },
      { usage, hardware, priceClass: "standard", price: look("standard"), classes: low, observedMilli: rest },
    ];
  });
}

/** Takes `milli` out of a row's held classes in proportion: what was taken, and what is left. */
function divide(classes: Readonly<ClassRow<"milli">>, milli: number) {
  const properties = HELD.map((c) => classProperty(c, "milli"));
  const taken = splitExactly(
    milli,
    properties.map((p) => classes[p]),
  );
  const high: ClassRow<"milli"> = zeroMillis();
  const low: ClassRow<"milli"> = { ...classes };
  properties.forEach((p, i) => {
    high[p] = taken[i] as number;
    low[p] -= taken[i] as number;
  });
  return [high, low] as const;
}

/**
 * What each row holds above its project's quota of the node pool, by the sums of the day: quota × the day's length is free
 * of it. What may be pre-empted is above first, then everything in proportion.
 */
function overQuota({ usage, hardware, workloads, projects, seconds }: DayInput): Map<DayUsage, number> {
  const quotas = new Map(projects.map((p) => [p.key, p.quotaMilli]));
  const pools = Map.groupBy(
    usage.filter((u) => u.workloadKey !== 0),
    (u) => `${workloads.get(u.workloadKey)?.projectKey ?? 0}\u0000${hardware.get(u.hardwareKey)?.nodePool ?? ""}`,
  );
  const out = new Map<DayUsage, number>();
  for (const rows of pools.values()) {
    const [first] = rows as [DayUsage, ...DayUsage[]];
    const project = workloads.get(first.workloadKey)?.projectKey ?? 0;
    const pool = hardware.get(first.hardwareKey)?.nodePool ?? "";
    const free = (quotas.get(project)?.[pool] ?? 0) * seconds;
    let above = Math.max(0, rows.reduce((sum, u) => sum + heldMilli(u), 0) - free);
    for (const preemptible of [true, false]) {
      const mine = rows.filter((u) => (workloads.get(u.workloadKey)?.preemptible ?? false) === preemptible);
      const held = mine.map(heldMilli);
      const taken = Math.min(
        above,
        held.reduce((a, b) => a + b, 0),
      );
      if (taken === 0) continue;
      splitExactly(taken, held).forEach((milli, i) => {
        if (milli > 0) out.set(mine[i] as DayUsage, milli);
      });
      above -= taken;
    }
  }
  return out;
}
