import type { Kit } from "@/db/columns.ts";

/** What other systems say of cost, beside the ledger's own: written by readings and opencost, and charged to nobody from here. */
export const outsideTables = (k: Kit) => ({
  /** One visit to a system outside: when, how many calls it took, and what became of it. */
  readings: k.table(
    "readings",
    {
      /** Such as `cost-explorer`, or `prices/azure`. */
      name: k.text("name").notNull(),
      startedAt: k.int("started_at").notNull(),
      finishedAt: k.int("finished_at"),
      calls: k.int("calls").notNull(),
      /** `running`, `done` or `failed`. */
      status: k.text("status").notNull(),
      /** For people: what came of it, or why it failed. */
      detail: k.text("detail").notNull(),
      by: k.text("read_by").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.name, t.startedAt] })],
  ),
  /** What OpenCost says that a namespace cost on a day: micro-units of its currency. Null: it does not say. */
  namespaceCosts: k.table(
    "namespace_costs",
    {
      clusterId: k.text("cluster_id").notNull(),
      day: k.int("day").notNull(),
      namespace: k.text("namespace").notNull(),
      currency: k.text("currency").notNull(),
      cpuMicros: k.int("cpu_micros"),
      memoryMicros: k.int("memory_micros"),
      storageMicros: k.int("storage_micros"),
      networkMicros: k.int("network_micros"),
      loadBalancerMicros: k.int("load_balancer_micros"),
      gpuMicros: k.int("gpu_micros"),
      /** Thousandths of an hour of a GPU, as it counts them: requested GPUs. */
      gpuMilliHours: k.int("gpu_milli_hours"),
      readAt: k.int("read_at").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.clusterId, t.day, t.namespace] })],
  ),
});
