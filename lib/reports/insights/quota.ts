import { compareKeys } from "@/lib/order.ts";
import { cluster, project } from "@/lib/reports/filters.ts";
import { type Column, defineReport } from "@/lib/reports/report.ts";
import { listQuotaUse } from "./quota-use.ts";

const text = (key: string): Column => ({ key, header: key, unit: "text" });
const hours = (key: string, description: string): Column => ({
  key,
  header: key,
  unit: "milli-gpu-seconds",
  description,
});

export const quota = defineReport({
  slug: "quota",
  group: "usage",
  title: "Quota",
  description:
    "How projects used their quota hour by hour: reserved and unused, borrowed above it, and idle while jobs of others waited for the same pool. Rows without a project: capacity of a pool that was free while jobs waited for it.",
  parameters: { cluster, project },
  columns: [
    ...["cluster", "node_pool", "project"].map(text),
    hours("gpu_hours_quota", "Deserved GPUs × time, of all pools together"),
    hours("gpu_hours_held", "Held by its workloads"),
    hours("gpu_hours_unused", "Quota that was reserved and not used"),
    hours("gpu_hours_borrowed", "Held above the quota"),
    hours("gpu_hours_idle", "Held without activity"),
    hours("gpu_hours_idle_while_queued", "Of it, as much as jobs of other projects waited for in the same pool"),
    { key: "jobs_delayed", header: "jobs_delayed", unit: "count" },
    { key: "delayed_hours", header: "delayed_hours", unit: "hours" },
    hours("gpu_hours_stranded", "Free while jobs waited for the pool"),
  ],
  chart: { kind: "ranking", x: "project", y: "gpu_hours_unused", title: "Unused quota by project" },
  async *load(ctx, period, parameters) {
    const { projects, pools: stranded } = await listQuotaUse(ctx, period, parameters);
    const rows = projects.map((p) => ({
      ...{ cluster: p.cluster, node_pool: null, project: p.project },
      ...{ gpu_hours_quota: p.quotaMilli, gpu_hours_held: p.heldMilli },
      ...{ gpu_hours_unused: p.unusedMilli, gpu_hours_borrowed: p.borrowedMilli },
      ...{ gpu_hours_idle: p.idleMilli, gpu_hours_idle_while_queued: p.idleWhileQueuedMilli },
      ...{ jobs_delayed: p.jobsDelayed, delayed_hours: p.delayedSeconds / 3600, gpu_hours_stranded: null },
    }));
    const pools = stranded.map((s) => ({
      ...{ cluster: s.cluster, node_pool: s.pool, project: null, gpu_hours_quota: null },
      ...{ gpu_hours_held: null, gpu_hours_unused: null, gpu_hours_borrowed: null, gpu_hours_idle: null },
      ...{ gpu_hours_idle_while_queued: null, jobs_delayed: s.jobsWaiting, delayed_hours: s.waitedSeconds / 3600 },
      gpu_hours_stranded: s.strandedMilli,
    }));
    const all = [...rows, ...pools].sort((a, b) =>
      compareKeys(
        [a.project === null ? "1" : "0", a.cluster, a.project ?? a.node_pool ?? ""],
        [b.project === null ? "1" : "0", b.cluster, b.project ?? b.node_pool ?? ""],
      ),
    );
    if (all.length) yield all;
  },
});
