import type { Kit } from "@/db/columns.ts";
import { classColumns } from "./classes.ts";

/**
 * Milli-GPU-seconds of each class and their price in micro-units of the ledger currency; both 0 for SKUs other than
 * GPUs.
 */
const classes = (k: Kit) => classColumns(k, "milli", "micros");

/** The subject and the amount of a charge, at any level of detail. */
const amounts = (k: Kit) => ({
  /** In the SKU's base unit: milli-GPU-seconds, milli-core-seconds or MiB-seconds. */
  quantity: k.int("quantity").notNull(),
  amountMicros: k.int("amount_micros").notNull(),
  /** Milli-GPU-seconds with a utilisation sample, and those that should have one: coverage. */
  observedMilli: k.int("observed_milli").notNull(),
  expectedMilli: k.int("expected_milli").notNull(),
  ...classes(k),
});

/** The total of a team by project and cluster, over any time; micro-units unless the name says otherwise. */
const spend = (k: Kit) => ({
  teamKey: k.int("team_key").notNull(),
  /** 0: no project. */
  projectKey: k.int("project_key").notNull(),
  /** Empty: imported cost without a cluster. */
  clusterId: k.text("cluster_id").notNull(),
  /** Charges of every SKU. */
  usageMicros: k.int("usage_micros").notNull(),
  /** Moved by policies: capacity that nobody held. */
  shareMicros: k.int("share_micros").notNull(),
  /** Imported cost. */
  costMicros: k.int("cost_micros").notNull(),
  gpuMilli: k.int("gpu_milli").notNull(),
  observedMilli: k.int("observed_milli").notNull(),
  expectedMilli: k.int("expected_milli").notNull(),
  ...classes(k),
});

/** The charges of each day: written by charges alone. Triggers (db/triggers.ts) protect the days of closed periods. */
export const chargeTables = (k: Kit) => ({
  /** One workload (0: nobody) × hardware × day × SKU, at its price. */
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
      /** The applied price in the ledger currency: billionths for one unit and hour. */
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
  /** The same, summed over the workloads of a team and project: the input of pages and statements. */
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
  /**
   * The total of a team by project and cluster for a day – charges, what policies moved, imported cost: the input of
   * trends.
   */
  spendDays: k.table("spend_days", { day: k.int("day").notNull(), ...spend(k) }, (t) => [
    k.primaryKey({ columns: [t.day, t.teamKey, t.projectKey, t.clusterId] }),
  ]),
  /** The same, summed over the days of a calendar month (`YYYYMM`). */
  spendMonths: k.table("spend_months", { month: k.int("month").notNull(), ...spend(k) }, (t) => [
    k.primaryKey({ columns: [t.month, t.teamKey, t.projectKey, t.clusterId] }),
    // Which projects a manager sees is asked with every request (lib/auth/viewer-load.ts).
    k.index("spend_months_team").on(t.teamKey, t.projectKey),
    k.index("spend_months_project").on(t.projectKey, t.teamKey),
  ]),
  /** What a policy moves from the platform to a team. The part of the platform itself is not moved. */
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
      /** The part of the team in the base by which the method splits, and the whole base. */
      weight: k.int("weight").notNull(),
      weightTotal: k.int("weight_total").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.day, t.clusterId, t.hardwareKey, t.costClass, t.teamKey, t.method] })],
  ),
  /** Usage without a price in force: an open item, never a charge of 0. */
  unpriced: k.table(
    "unpriced",
    {
      day: k.int("day").notNull(),
      hardwareKey: k.int("hardware_key").notNull(),
      sku: k.text("sku").notNull(),
      priceClass: k.text("price_class").notNull(),
      quantity: k.int("quantity").notNull(),
      /** The reason: no price matches, or its currency has no exchange rate. */
      reason: k.text("reason").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.day, t.hardwareKey, t.sku, t.priceClass] })],
  ),
  /** Days that are charged, with the state that they were charged from. */
  chargedDays: k.table("charged_days", {
    day: k.int("day").primaryKey(),
    /** Σ revisions of the metered days of all clusters; 0 if none is metered, -1 if it is to be charged again. */
    meteredRevision: k.int("metered_revision").notNull(),
    chargedAt: k.int("charged_at").notNull(),
  }),
  /**
   * One row: the number of changes on which charges of past days may depend. Charges calculated before a change are not
   * stored.
   */
  chargeRevision: k.table("charge_revision", {
    key: k.int("key").primaryKey(),
    revision: k.int("revision").notNull(),
  }),
});
