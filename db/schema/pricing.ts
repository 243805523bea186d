import type { Kit } from "@/db/columns.ts";

/**
 * The price book: written by pricing alone. Approved prices never change; a later price replaces one from its date on.
 */
export const pricing = (k: Kit) => ({
  /** Prices that were proposed together, and the decision on them. */
  priceProposals: k.table(
    "price_proposals",
    {
      id: k.text("id").primaryKey(),
      title: k.text("title").notNull(),
      /** `proposed`, `approved`, `rejected` or `withdrawn`. */
      status: k.text("status").notNull(),
      proposedBy: k.text("proposed_by").notNull(),
      proposedAt: k.int("proposed_at").notNull(),
      decidedBy: k.text("decided_by"),
      decidedAt: k.int("decided_at"),
      note: k.text("note").notNull(),
      /** 1, 2, 3 … in the order of approval; null until then. */
      version: k.int("version"),
    },
    (t) => [k.uniqueIndex("price_proposals_version").on(t.version)],
  ),
  prices: k.table(
    "prices",
    {
      key: k.key("key"),
      proposalId: k.text("proposal_id").notNull(),
      /** `gpu`, `node-pool`, `cpu`, `memory` or `gpu-memory`. */
      kind: k.text("kind").notNull(),
      /** A GPU model or MIG profile as words ("H100 80GB"), or a node pool's name; empty for CPU and memory. */
      match: k.text("match").notNull(),
      /** Empty: every cluster. */
      clusterId: k.text("cluster_id").notNull(),
      /** `standard`, `spot`, `over-quota` or `reserved`. */
      priceClass: k.text("price_class").notNull(),
      /** Billionths of the currency for one unit and hour. */
      unitPriceNanos: k.int("unit_price_nanos").notNull(),
      currency: k.text("currency").notNull(),
      /** Day (`YYYYMMDD`) of the billing time zone from which it is valid, until a later price replaces it. */
      effectiveFrom: k.int("effective_from").notNull(),
      /** JSON: the origin of the price (a list price, a calculation, a person). */
      origin: k.text("origin").notNull(),
    },
    (t) => [k.index("prices_proposal").on(t.proposalId)],
  ),
  /** List prices of an imported catalogue: a reference to choose from, without effect on charges. */
  listPrices: k.table(
    "list_prices",
    {
      /** The name of the catalogue: importing one of the same name replaces it. */
      catalogue: k.text("catalogue").notNull(),
      position: k.int("position").notNull(),
      cloud: k.text("cloud").notNull(),
      instance: k.text("instance").notNull(),
      region: k.text("region").notNull(),
      zone: k.text("zone").notNull(),
      gpuModel: k.text("gpu_model").notNull(),
      gpus: k.int("gpus").notNull(),
      /** For an hour of the instance, parts joined with ` + `; empty: not offered, or unknown. */
      onDemand: k.text("on_demand").notNull(),
      spot: k.text("spot").notNull(),
      onDemandNanos: k.int("on_demand_nanos"),
      spotNanos: k.int("spot_nanos"),
      currency: k.text("currency").notNull(),
      source: k.text("source").notNull(),
      asOf: k.text("as_of").notNull(),
      /** The text that is searched, in lower case. */
      words: k.text("words").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.catalogue, t.position] })],
  ),
  /** The value of one unit of a foreign currency in the ledger currency, from a day on. */
  exchangeRates: k.table(
    "exchange_rates",
    {
      currency: k.text("currency").notNull(),
      day: k.int("day").notNull(),
      rateNanos: k.int("rate_nanos").notNull(),
      source: k.text("source").notNull(),
      recordedBy: k.text("recorded_by").notNull(),
      recordedAt: k.int("recorded_at").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.currency, t.day] })],
  ),
});
