import type { CostClass } from "@/lib/allocation/types.ts";
import type { Amounts, Share } from "@/lib/charges/types.ts";
import type { Sku } from "@/lib/money.ts";
import type { CloseSettings } from "@/lib/periods/settings.ts";
import type { BillingPeriod, PeriodState } from "@/lib/periods/types.ts";
import type { AgreedPrices } from "@/lib/pricing/price-book.ts";
import type { PriceClass } from "@/lib/pricing/types.ts";
import type { AmountPoint, StatementHeader } from "./types.ts";

/** A project's charges of one SKU on one hardware at one price, summed over the period. */
export interface UsageRow extends Amounts {
  readonly projectKey: number;
  readonly hardwareKey: number;
  readonly sku: Sku;
  readonly priceClass: PriceClass;
  readonly priceKey: number;
  readonly unitPriceNanos: number;
  /** The first and the last day with such a charge. */
  readonly firstDay: number;
  readonly lastDay: number;
}

/** What a policy moved to (or, at the platform, from) the team, summed over days and hardware. */
export interface ShareRow {
  readonly clusterId: string;
  readonly costClass: CostClass;
  readonly method: Share["method"];
  readonly amountMicros: number;
  readonly weight: number;
  readonly weightTotal: number;
}

/** Imported cost that names the team: the part of one line that falls in the period. */
export interface CostRow {
  readonly clusterId: string;
  readonly category: string;
  readonly description: string;
  readonly amountMicros: number;
}

/** What a closed period would come to now, less what was booked, of one thing. */
export interface CorrectionRow {
  readonly origin: Pick<BillingPeriod, "id" | "fromDay" | "untilDay">;
  /** The team's statement of that period, or the period where it had none. */
  readonly corrects: string;
  readonly projectKey: number;
  readonly hardwareKey: number;
  /** `share`: of what policies moved; its price class then is the class of cost. */
  readonly sku: Sku | "share";
  readonly priceClass: string;
  readonly quantity: number;
  readonly amountMicros: number;
  /** What it came to in that period, with the corrections that were booked since: frozen, of the same team and thing. */
  readonly before: { readonly quantity: number; readonly amountMicros: number };
  readonly reasons: readonly string[];
}

/** An amount that settles a dispute of this very period. */
export interface AdjustmentRow {
  /** The line that was disputed; empty: the statement as a whole; undefined: of another team, this being the other side. */
  readonly lineKey: string | undefined;
  readonly id: string;
  readonly amountMicros: number;
  readonly reason: string;
}

/** What keys are called. */
export interface Names extends AgreedPrices {
  readonly clusters: ReadonlyMap<string, string>;
  readonly projects: ReadonlyMap<
    number,
    { readonly name: string; readonly department: string; readonly clusterId: string }
  >;
  readonly hardware: ReadonlyMap<
    number,
    { readonly clusterId: string; readonly nodePool: string; readonly gpuModel: string }
  >;
  /** Price key → version of the price book. */
  readonly versions: ReadonlyMap<number, number>;
}

/** Everything that a statement follows from. */
export interface StatementInput {
  readonly settings: CloseSettings;
  readonly period: BillingPeriod;
  readonly state: PeriodState;
  readonly generatedAt: number;
  readonly team: StatementHeader["team"];
  readonly names: Names;
  readonly usage: readonly UsageRow[];
  readonly shares: readonly ShareRow[];
  readonly costs: readonly CostRow[];
  readonly corrections: readonly CorrectionRow[];
  readonly adjustments: readonly AdjustmentRow[];
  readonly days: readonly AmountPoint[];
  readonly months: readonly AmountPoint[];
  readonly previousMicros: number | null;
  readonly policies: readonly string[];
}
