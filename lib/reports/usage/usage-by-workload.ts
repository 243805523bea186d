import { HELD } from "@/lib/classes.ts";
import { cluster, project, user } from "@/lib/reports/filters.ts";
import { CLASS_COLUMNS, classCells, MEASURE_QUANTITIES, measuresOf, totalMilli } from "@/lib/reports/read/measures.ts";
import { findScope } from "@/lib/reports/read/scope.ts";
import { defineReport, linkCells } from "@/lib/reports/report.ts";
import { readSpans, readWorkloadUsage } from "./workload-usage.ts";

export const usageByWorkload = defineReport({
  slug: "usage-by-workload",
  group: "usage",
  title: "Usage by workload",
  description: "GPU-hours of every workload on each GPU model, by what the time went into.",
  parameters: { cluster, project, user },
  action: "workloads.read",
  columns: [
    { key: "cluster", header: "cluster", unit: "text" },
    { key: "department", header: "department", unit: "text" },
    { key: "project", header: "project", unit: "text" },
    { key: "user", header: "user", unit: "text" },
    { key: "workload_id", header: "workload_id", unit: "text" },
    { key: "workload", header: "workload", unit: "text" },
    { key: "category", header: "category", unit: "text" },
    { key: "gpu_model", header: "gpu_model", unit: "text" },
    {
      key: "started_at",
      header: "started_at",
      unit: "instant",
      description: "First start of a pod, also before the period",
    },
    { key: "ended_at", header: "ended_at", unit: "instant", description: "Last end of a pod; empty while one runs" },
    {
      key: "gpu_hours_allocated",
      header: "gpu_hours_allocated",
      unit: "milli-gpu-seconds",
      description: `The sum of ${HELD.join(", ")}`,
    },
    ...CLASS_COLUMNS,
    {
      key: "coverage_percent",
      header: "coverage_percent",
      unit: "percent",
      description: "Share of the time held, without down, for which utilisation was observed",
    },
  ],
  onPage: { isWhole: true, name: "workload", extra: ["workload_id", "department"] },
  async *load(ctx, period, parameters) {
    const scope = await findScope(ctx, parameters);
    const pages = readWorkloadUsage(ctx, period, scope, {
      quantities: MEASURE_QUANTITIES,
      byModel: true,
      byProject: (p) => [p.cluster, p.department, p.project],
      order: (w) => [w.user, w.name, w.id],
    });
    for await (const page of pages) {
      // Work that held no GPU is not of this report.
      const held = page
        .map((r) => ({ ...r, measures: measuresOf([r.quantities]) }))
        .filter((r) => totalMilli(r.measures.classes) > 0);
      const spans = await readSpans(
        ctx,
        held.map((r) => r.workload),
      );
      yield held.map(({ workload, gpuModel, measures }) => ({
        ...linkCells(workload.key, workload.projectKey),
        cluster: workload.cluster,
        department: workload.department,
        project: workload.project,
        user: workload.user,
        workload_id: workload.id,
        workload: workload.name,
        category: workload.category,
        gpu_model: gpuModel,
        started_at: spans.get(workload.key)?.startedAt ?? null,
        ended_at: spans.get(workload.key)?.endedAt ?? null,
        gpu_hours_allocated: measures.allocatedMilli,
        ...classCells(measures.classes),
        coverage_percent: measures.coveragePercent,
      }));
    }
  },
});
