import type { CostClass, ShareMethod } from "@/lib/allocation/types.ts";
import type { ClassRow } from "@/lib/classes.ts";
import type { Micros, Nanos, Sku } from "@/lib/money.ts";
import type { PriceClass } from "@/lib/pricing/types.ts";

/** What a charge comes to, at whatever grain. Quantities are in the SKU's base unit (lib/money.ts). */
export interface Amounts {
  quantity: number;
  amountMicros: Micros;
  observedMilli: number;
  expectedMilli: number;
  /** 0 for what is not a GPU. */
  classes: ClassRow;
}

/** One workload (0: nobody) × hardware × day × SKU at its price. */
export interface Charge extends Amounts {
  readonly day: number;
  readonly hardwareKey: number;
  readonly workloadKey: number;
  readonly sku: Sku;
  readonly priceClass: PriceClass;
  readonly priceKey: number;
  readonly unitPriceNanos: Nanos;
  readonly teamKey: number;
  readonly projectKey: number;
}

/**
 * What a policy moves from the platform to a team on a day, or imported cost. Of each capacity class they sum to 0: the
 * platform has a row of its own with what it gave. Of `shared` they sum to the imported cost. So every team's total,
 * the platform's too, is its charges + its shares.
 */
export interface Share {
  readonly day: number;
  readonly clusterId: string;
  /** 0 for imported cost. */
  readonly hardwareKey: number;
  readonly costClass: CostClass;
  readonly teamKey: number;
  /** `direct`: imported cost that names its team, or that the platform keeps. */
  readonly method: ShareMethod | "unused-quota" | "direct";
  readonly amountMicros: Micros;
  readonly weight: number;
  readonly weightTotal: number;
}

/** Usage that no price in force covers. */
export interface Unpriced {
  readonly day: number;
  readonly hardwareKey: number;
  readonly sku: Sku;
  readonly priceClass: PriceClass;
  readonly quantity: number;
  readonly reason: string;
}
