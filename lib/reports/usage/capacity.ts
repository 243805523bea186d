import { sql } from "@/db/client.ts";
import { CLASSES, classProperty } from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { compareKeys } from "@/lib/order.ts";
import { cluster } from "@/lib/reports/filters.ts";
import { CLASS_QUANTITIES, type ClassQuantity, inBuckets } from "@/lib/reports/read/measures.ts";
import { findScope } from "@/lib/reports/read/scope.ts";
import { readProjectUsage } from "@/lib/reports/read/usage.ts";
import { defineReport, type Period } from "@/lib/reports/report.ts";

export const capacity = defineReport({
  slug: "capacity",
  group: "usage",
  title: "Where capacity went",
  description:
    "Every GPU-hour of capacity in exactly one class. The classes of a model add up to its capacity and overlap.",
  parameters: { cluster },
  whole: true,
  columns: [
    { key: "cluster", header: "cluster", unit: "text" },
    { key: "gpu_model", header: "gpu_model", unit: "text" },
    { key: "class", header: "class", unit: "text" },
    { key: "gpu_hours", header: "gpu_hours", unit: "milli-gpu-seconds" },
  ],
  onPage: { isWhole: true },
  chart: { kind: "ranking", x: "class", y: "gpu_hours", title: "GPU-hours of capacity by class" },
  async *load(ctx, period, parameters) {
    const scope = await findScope(ctx, parameters);
    const sums = new Map<string, Map<ClassQuantity, number>>();
    const identity = (clusterId: string, gpuModel: string) => `${clusterId}\u0000${gpuModel}`;
    const by = ["clusterId", "gpuModel"] as const;
    for (const u of await readProjectUsage(ctx, scope, period, { by, quantities: CLASS_QUANTITIES })) {
      const key = identity(u.clusterId, u.gpuModel);
      const sum = sums.get(key) ?? new Map<ClassQuantity, number>();
      for (const q of CLASS_QUANTITIES) sum.set(q, (sum.get(q) ?? 0) + u[q]);
      sums.set(key, sum);
    }
    const models = (await listModels(ctx, period))
      .filter((m) => !scope.clusterIds || scope.clusterIds.has(m.clusterId))
      .map((m) => ({ ...m, order: [scope.clusterName(m.clusterId), m.gpuModel, m.clusterId] }))
      .sort((a, b) => compareKeys(a.order, b.order));
    for (const { clusterId, gpuModel } of models)
      yield CLASSES.map((c) => ({
        cluster: scope.clusterName(clusterId),
        gpu_model: gpuModel,
        class: c,
        gpu_hours: sums.get(identity(clusterId, gpuModel))?.get(classProperty(c, "milli")) ?? 0,
      }));
  },
});

/** The models that had capacity in the period, or were held beyond it. */
function listModels(ctx: Ctx, period: Period): Promise<{ clusterId: string; gpuModel: string }[]> {
  return ctx.db.all(sql`
    select h.cluster_id as "clusterId", h.gpu_model as "gpuModel"
    from capacity u join hardware h on h.key = u.hardware_key
    where ${inBuckets(period)}
    group by h.cluster_id, h.gpu_model
    having sum(u.capacity_milli) > 0 or sum(u.overlap_milli) > 0`);
}
