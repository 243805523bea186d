import type { Share } from "@/lib/charges/types.ts";
import type { Micros, Nanos, Sku } from "@/lib/money.ts";
import type { Override } from "@/lib/periods/period.ts";
import type { BillingPeriod, PeriodState } from "@/lib/periods/types.ts";
import type { ForeignPrice, PriceClass } from "@/lib/pricing/types.ts";
import type { Instant } from "@/lib/time.ts";

export const LINE_KINDS = ["usage", "share", "cost", "correction"] as const;

/**
 * One line of a statement: a project's usage of one SKU at one price, its part of shared cost, imported cost, or a
 * correction of an earlier period. Texts are as they were when the line was made.
 */
export interface StatementLine {
  /** Stable within a team and period: what reviews refer to. */
  readonly key: string;
  readonly kind: (typeof LINE_KINDS)[number];
  readonly description: string;
  /** Days that it is about, half-open; of the original period for a correction. */
  readonly fromDay: number;
  readonly untilDay: number;
  readonly cluster: string;
  readonly department: string;
  readonly project: string;
  readonly projectKey: number;
  readonly hardwareKey: number;
  readonly gpuModel: string;
  readonly nodePool: string;
  readonly sku: Sku | "";
  readonly priceClass: PriceClass | "";
  readonly priceKey: number;
  /** Version of the price book; null where no price applies. */
  readonly priceVersion: number | null;
  /** Null where the line is an amount and not a quantity at a price. */
  readonly quantity: number | null;
  readonly unitPriceNanos: Nanos | null;
  /** Of usage at a price that is agreed in another currency. Absent on lines that an earlier version froze. */
  readonly foreign?: ForeignPrice;
  readonly amountMicros: Micros;
  /** Of a GPU line: its idle classes together. */
  readonly idleQuantity: number;
  readonly idleMicros: Micros;
  readonly observedMilli: number;
  readonly expectedMilli: number;
  /** Of a share: its policy, and the team's part of the base. */
  readonly method: Share["method"] | "";
  readonly weight: number;
  readonly weightTotal: number;
  /** Of a correction: the statement that it corrects, and why. */
  readonly corrects: string;
  readonly reason: string;
  /**
   * Of a correction: what the same thing came to in the original period, with the corrections booked before; the line is the difference to
   * what it comes to now. Of an answer to a dispute: what the disputed line came to, with the answers before. Absent on lines that an earlier
   * version froze.
   */
  readonly before?: { readonly quantity: number | null; readonly amountMicros: Micros };
}

/** A workload on a statement: its GPU charges of the period, class by class. */
export interface StatementWorkload {
  readonly workloadId: string;
  readonly name: string;
  readonly projectKey: number;
  readonly project: string;
  readonly user: string;
  readonly category: string;
  readonly gpuModel: string;
  /** First start of a pod; null: not known. */
  readonly startedAt: Instant | null;
  /** Null: it ran to the end of the period, or beyond. */
  readonly endedAt: Instant | null;
  readonly quantity: number;
  readonly amountMicros: Micros;
  readonly idleMicros: Micros;
  readonly observedMilli: number;
  readonly expectedMilli: number;
}

/** A charge behind a statement's usage: one workload (an empty id: nobody) on one day, for one SKU at one price, in words. */
export interface StatementCharge {
  /** Day key of the billing time zone. */
  readonly day: number;
  readonly sku: Sku;
  readonly priceClass: PriceClass;
  readonly priceKey: number;
  readonly priceVersion: number | null;
  readonly unitPriceNanos: Nanos;
  /** Where the price is agreed in another currency. */
  readonly foreign?: ForeignPrice;
  /** In the SKU's base unit (lib/money.ts). */
  readonly quantity: number;
  readonly amountMicros: Micros;
  readonly idleMicros: Micros;
  readonly observedMilli: number;
  readonly expectedMilli: number;
  readonly cluster: string;
  readonly nodePool: string;
  readonly gpuModel: string;
  readonly department: string;
  readonly project: string;
  readonly projectKey: number;
  readonly hardwareKey: number;
  readonly workloadId: string;
  readonly workload: string;
  readonly category: string;
  readonly user: string;
}

/** An amount for each day or month, oldest first; null: not known, which is not zero. */
export interface AmountPoint {
  readonly label: string;
  readonly amountMicros: Micros | null;
}

/** Everything on a statement but its lines: frozen with them. */
export interface StatementHeader {
  readonly issuer: string;
  readonly billingTimeZone: string;
  readonly currency: string;
  readonly period: BillingPeriod;
  readonly team: {
    readonly key: number;
    readonly name: string;
    readonly costCentre: string;
    readonly glAccount: string;
    readonly owner: string;
  };
  /** The exact sum of the lines, by kind. */
  readonly usageMicros: Micros;
  readonly shareMicros: Micros;
  readonly costMicros: Micros;
  readonly correctionMicros: Micros;
  readonly totalMicros: Micros;
  /** The total rounded once to the minor unit, and the difference: a line of its own. */
  readonly roundedMicros: Micros;
  readonly roundingMicros: Micros;
  /** The team's total of the period before; null: no period before. */
  readonly previousMicros: Micros | null;
  readonly idleQuantity: number;
  readonly idleMicros: Micros;
  /** Of all GPU lines: observed and expected milli-GPU-seconds. */
  readonly observedMilli: number;
  readonly expectedMilli: number;
  /** By name, as it was frozen: a version may have had other classes (lib/statements/class-parts.ts reads it). */
  readonly classMicros: Readonly<Record<string, Micros>>;
  readonly days: readonly AmountPoint[];
  readonly months: readonly AmountPoint[];
  /** In sentences: the policies that applied, and how to dispute it until when. */
  readonly policies: readonly string[];
  /** In sentences: how to question a line, until when, and whom to ask; absent: the policies say so. */
  readonly dispute?: string;
  /** Who approves it for the team, where somebody other than its owner does. */
  readonly approver?: string;
  /** What the team may spend in the period; null or absent: no budget is known. */
  readonly budgetMicros?: Micros | null;
  readonly overrides: readonly Override[];
}

/** One calculation, many renderings: page, CSV, XLSX, PDF, JSON, FOCUS and journal are all made from this. */
export interface Statement {
  /** Null until the period is closed. */
  readonly number: string | null;
  readonly kind: "statement" | "credit-note";
  readonly state: PeriodState;
  readonly generatedAt: Instant;
  readonly closedAt: Instant | null;
  /** SHA-256 over its canonical header and lines; null until closed. */
  readonly hash: string | null;
  readonly header: StatementHeader;
  readonly lines: readonly StatementLine[];
}
