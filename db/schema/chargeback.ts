import type { Kit } from "@/db/columns.ts";
import { classColumns } from "./classes.ts";

/** Milli-GPU-seconds of each class and their price in micro-units of the ledger currency; both 0 for what is not a GPU. */
const classes = (k: Kit) => classColumns(k, "milli", "micros");

/** What a charge is about and comes to, at whatever grain. */
const amounts = (k: Kit) => ({
  /** In the SKU's base unit: milli-GPU-seconds, milli-core-seconds or MiB-seconds. */
  quantity: k.int("quantity").notNull(),
  amountMicros: k.int("amount_micros").notNull(),
  /** Milli-GPU-seconds with a utilisation sample, and those that should have one: coverage. */
  observedMilli: k.int("observed_milli").notNull(),
  expectedMilli: k.int("expected_milli").notNull(),
  ...classes(k),
});

/** A team's total by project and cluster, over whatever time; micro-units but for what is named otherwise. */
const spend = (k: Kit) => ({
  teamKey: k.int("team_key").notNull(),
  /** 0: of no project. */
  projectKey: k.int("project_key").notNull(),
  /** Empty: imported cost of no cluster in particular. */
  clusterId: k.text("cluster_id").notNull(),
  /** Charges of every SKU. */
  usageMicros: k.int("usage_micros").notNull(),
  /** What policies moved: capacity that nobody held. */
  shareMicros: k.int("share_micros").notNull(),
  /** Imported cost. */
  costMicros: k.int("cost_micros").notNull(),
  gpuMilli: k.int("gpu_milli").notNull(),
  observedMilli: k.int("observed_milli").notNull(),
  expectedMilli: k.int("expected_milli").notNull(),
  ...classes(k),
});

/** Charges, periods and statements: written by chargeback alone. Triggers refuse any change of a closed period. */
export const chargeback = (k: Kit) => ({
  /** One workload (0: nobody) × hardware × day × SKU at its price. */
  charges: k.table(
    "charges",
    {
      day: k.int("day").notNull(),
      hardwareKey: k.int("hardware_key").notNull(),
      workloadKey: k.int("workload_key").notNull(),
      /** `gpu`, `cpu`, `memory` or `gpu-memory`. */
      sku: k.text("sku").notNull(),
      priceClass: k.text("price_class").notNull(),
      priceKey: k.int("price_key").notNull(),
      /** The price in the ledger currency as it was applied: billionths for one unit and hour. */
      unitPriceNanos: k.int("unit_price_nanos").notNull(),
      teamKey: k.int("team_key").notNull(),
      projectKey: k.int("project_key").notNull(),
      ...amounts(k),
    },
    (t) => [
      k.primaryKey({ columns: [t.day, t.hardwareKey, t.workloadKey, t.sku, t.priceClass] }),
      k.index("charges_workload").on(t.workloadKey, t.day),
    ],
  ),
  /** The same, summed over the workloads of a team and project: what pages and statements read. */
  teamDays: k.table(
    "team_days",
    {
      day: k.int("day").notNull(),
      teamKey: k.int("team_key").notNull(),
      projectKey: k.int("project_key").notNull(),
      hardwareKey: k.int("hardware_key").notNull(),
      sku: k.text("sku").notNull(),
      priceClass: k.text("price_class").notNull(),
      priceKey: k.int("price_key").notNull(),
      unitPriceNanos: k.int("unit_price_nanos").notNull(),
      ...amounts(k),
    },
    (t) => [
      k.primaryKey({
        columns: [t.day, t.teamKey, t.projectKey, t.hardwareKey, t.sku, t.priceClass, t.priceKey],
      }),
    ],
  ),
  /** A day's total of a team by project and cluster – its charges, what policies moved, imported cost: what trends read. */
  spendDays: k.table("spend_days", { day: k.int("day").notNull(), ...spend(k) }, (t) => [
    k.primaryKey({ columns: [t.day, t.teamKey, t.projectKey, t.clusterId] }),
  ]),
  /** The same, summed over the days of a calendar month (`YYYYMM`). */
  spendMonths: k.table("spend_months", { month: k.int("month").notNull(), ...spend(k) }, (t) => [
    k.primaryKey({ columns: [t.month, t.teamKey, t.projectKey, t.clusterId] }),
  ]),
  /** What a policy moves from the platform to a team. The platform's own part is what is not moved. */
  shares: k.table(
    "shares",
    {
      day: k.int("day").notNull(),
      clusterId: k.text("cluster_id").notNull(),
      /** 0 for imported cost. */
      hardwareKey: k.int("hardware_key").notNull(),
      /** `unallocated`, `down`, `unknown` or `shared`. */
      costClass: k.text("cost_class").notNull(),
      teamKey: k.int("team_key").notNull(),
      method: k.text("method").notNull(),
      amountMicros: k.int("amount_micros").notNull(),
      /** The team's part of the base that the method splits by, and the whole of it. */
      weight: k.int("weight").notNull(),
      weightTotal: k.int("weight_total").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.day, t.clusterId, t.hardwareKey, t.costClass, t.teamKey, t.method] })],
  ),
  /** Usage that no price in force covers: an open item, never a charge of 0. */
  unpriced: k.table(
    "unpriced",
    {
      day: k.int("day").notNull(),
      hardwareKey: k.int("hardware_key").notNull(),
      sku: k.text("sku").notNull(),
      priceClass: k.text("price_class").notNull(),
      quantity: k.int("quantity").notNull(),
      /** Why: no price matches, or its currency has no exchange rate. */
      reason: k.text("reason").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.day, t.hardwareKey, t.sku, t.priceClass] })],
  ),
  /** Days that are charged, with what they were charged from. */
  chargedDays: k.table("charged_days", {
    day: k.int("day").primaryKey(),
    /** Σ revisions of the metered days of all clusters; 0 where none is metered, -1 where it is to be charged again. */
    meteredRevision: k.int("metered_revision").notNull(),
    chargedAt: k.int("charged_at").notNull(),
  }),
  /** One row: how often something was changed that days already charged may follow from. Charges made before it are not kept. */
  chargeRevision: k.table("charge_revision", {
    key: k.int("key").primaryKey(),
    revision: k.int("revision").notNull(),
  }),
  costImports: k.table("cost_imports", {
    id: k.text("id").primaryKey(),
    name: k.text("name").notNull(),
    /** `csv` or `focus`. */
    format: k.text("format").notNull(),
    importedBy: k.text("imported_by").notNull(),
    importedAt: k.int("imported_at").notNull(),
    removedAt: k.int("removed_at"),
  }),
  /** Cost that other systems billed. Spread evenly over its days. */
  costLines: k.table(
    "cost_lines",
    {
      importId: k.text("import_id").notNull(),
      position: k.int("position").notNull(),
      fromDay: k.int("from_day").notNull(),
      untilDay: k.int("until_day").notNull(),
      /** 0: of nobody; the policy for `shared` decides. */
      teamKey: k.int("team_key").notNull(),
      clusterId: k.text("cluster_id").notNull(),
      category: k.text("category").notNull(),
      description: k.text("description").notNull(),
      amountMicros: k.int("amount_micros").notNull(),
      /** As it was billed. */
      currency: k.text("currency").notNull(),
      billedMicros: k.int("billed_micros").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.importId, t.position] }), k.index("cost_lines_days").on(t.untilDay, t.fromDay)],
  ),
  /** Closed periods, each in the chain of the one before. */
  closes: k.table("closes", {
    /** `2026-10`, or `FY2026-P10` with a 4-4-5 calendar. */
    periodId: k.text("period_id").primaryKey(),
    /** 1, 2, 3 … */
    sequence: k.int("sequence").notNull(),
    fromDay: k.int("from_day").notNull(),
    untilDay: k.int("until_day").notNull(),
    closedBy: k.text("closed_by").notNull(),
    closedAt: k.int("closed_at").notNull(),
    currency: k.text("currency").notNull(),
    billingTimeZone: k.text("billing_time_zone").notNull(),
    totalMicros: k.int("total_micros").notNull(),
    /** JSON: open items that were overridden, each with its reason. */
    overrides: k.text("overrides").notNull(),
    /** SHA-256 over the canonical lines and the hash before. */
    hash: k.text("hash").notNull(),
    previousHash: k.text("previous_hash").notNull(),
  }),
  statements: k.table(
    "statements",
    {
      /** `GL-2026-10-0007`: without gaps in a fiscal year. */
      number: k.text("number").primaryKey(),
      periodId: k.text("period_id").notNull(),
      teamKey: k.int("team_key").notNull(),
      /** `statement`, or `credit-note` when its total is negative. */
      kind: k.text("kind").notNull(),
      totalMicros: k.int("total_micros").notNull(),
      /** JSON: everything on it but its lines, as it was when it was closed (lib/statements/types.ts). */
      header: k.text("header").notNull(),
      hash: k.text("hash").notNull(),
    },
    (t) => [k.uniqueIndex("statements_team").on(t.periodId, t.teamKey)],
  ),
  statementLines: k.table(
    "statement_lines",
    {
      number: k.text("number").notNull(),
      position: k.int("position").notNull(),
      /** JSON of one line (lib/statements/types.ts). */
      line: k.text("line").notNull(),
      amountMicros: k.int("amount_micros").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.number, t.position] })],
  ),
  /** What closed days would come to now, less what was booked: lines of the next period that closes. */
  corrections: k.table(
    "corrections",
    {
      originDay: k.int("origin_day").notNull(),
      teamKey: k.int("team_key").notNull(),
      projectKey: k.int("project_key").notNull(),
      hardwareKey: k.int("hardware_key").notNull(),
      sku: k.text("sku").notNull(),
      priceClass: k.text("price_class").notNull(),
      /** The period that booked it; empty while none has. */
      bookedIn: k.text("booked_in").notNull(),
      quantity: k.int("quantity").notNull(),
      amountMicros: k.int("amount_micros").notNull(),
      reason: k.text("reason").notNull(),
      foundAt: k.int("found_at").notNull(),
    },
    (t) => [
      k.primaryKey({
        columns: [t.originDay, t.teamKey, t.projectKey, t.hardwareKey, t.sku, t.priceClass, t.bookedIn],
      }),
    ],
  ),
  /** What an answer to a dispute gives a team or takes from it, in the same period; the platform's side is its negative. */
  adjustments: k.table(
    "adjustments",
    {
      id: k.text("id").primaryKey(),
      periodId: k.text("period_id").notNull(),
      teamKey: k.int("team_key").notNull(),
      /** The line that was disputed; empty: the statement as a whole. */
      lineKey: k.text("line_key").notNull(),
      amountMicros: k.int("amount_micros").notNull(),
      reason: k.text("reason").notNull(),
      decidedBy: k.text("decided_by").notNull(),
      decidedAt: k.int("decided_at").notNull(),
    },
    (t) => [k.index("adjustments_team").on(t.periodId, t.teamKey)],
  ),
  /** What a team says of a line before the close. */
  lineReviews: k.table(
    "line_reviews",
    {
      periodId: k.text("period_id").notNull(),
      teamKey: k.int("team_key").notNull(),
      /** The line's identity (lib/statements/types.ts); empty: the statement as a whole. */
      lineKey: k.text("line_key").notNull(),
      /** `accepted`, `disputed` or `settled`. */
      verdict: k.text("verdict").notNull(),
      reason: k.text("reason").notNull(),
      by: k.text("by").notNull(),
      at: k.int("at").notNull(),
      answer: k.text("answer").notNull(),
      answeredBy: k.text("answered_by"),
      answeredAt: k.int("answered_at"),
    },
    (t) => [k.primaryKey({ columns: [t.periodId, t.teamKey, t.lineKey] })],
  ),
});
