import { cluster, project, user } from "@/lib/reports/filters.ts";
import { allocatedMilli, average, per } from "@/lib/reports/read/measures.ts";
import { findScope } from "@/lib/reports/read/scope.ts";
import { type Column, defineReport, linkCells, type Unit } from "@/lib/reports/report.ts";
import { SECONDS_PER_HOUR } from "@/lib/units.ts";
import { JOB_QUANTITIES, jobFigures } from "./job-figures.ts";
import { readWorkloadUsage } from "./workload-usage.ts";

const column = (key: string, header: string, unit: Unit, description?: string, decimals = 2): Column => ({
  key,
  header,
  unit,
  decimals,
  ...(description ? { description } : {}),
});

/** The columns of the Run:ai metrics script, to the letter; GB are GiB, as there. */
export const utilization = defineReport({
  slug: "utilization",
  group: "usage",
  title: "Utilization metrics",
  description: "What each job held and used in the period: hours, peaks, and averages weighted by time.",
  parameters: { cluster, project, user },
  action: "workloads.read",
  columns: [
    { key: "project", header: "Project", unit: "text" },
    { key: "user", header: "User", unit: "text" },
    { key: "job_name", header: "Job Name", unit: "text" },
    column("gpu_hours", "GPU Hours", "milli-gpu-seconds", "Allocated: whether it used them or not"),
    column("memory_hours", "Memory Hours (GB)", "hours", "Used, as far as it was observed"),
    column("cpu_hours", "CPU Hours", "hours", "Used, as far as it was observed"),
    column("gpu_allocated", "GPU Allocated", "gpus", "The most GPUs it held at once"),
    column("gpu_utilization_peak", "GPU Utilization % - Peak", "percent"),
    column("gpu_utilization_average", "GPU Utilization % - Average", "percent"),
    column("cpu_utilization_peak", "CPU Utilization (Cores) - Peak", "cores"),
    column("cpu_utilization_average", "CPU Utilization (Cores) - Average", "cores"),
    column("cpu_memory_peak", "CPU Memory (GB) - Peak", "gib"),
    column("cpu_memory_average", "CPU Memory (GB) - Average", "gib"),
    column("gpu_memory_request", "GPU Memory Request (GB)", "gib", "The largest request in the period"),
    column("cpu_limit", "CPU Limit (Cores)", "cores", "The largest limit in the period"),
    column("cpu_memory_request", "CPU Memory Request (GB)", "gib", "The largest request in the period"),
    column("cpu_memory_limit", "CPU Memory Limit (GB)", "gib", "The largest limit in the period"),
    column("pod_count", "Pod Count", "count", "The most pods at once", 0),
    column("running_pod_count_peak", "Running Pod Count - Peak", "count", undefined, 0),
    column("running_pod_count_average", "Running Pod Count - Average", "count", "While it ran"),
  ],
  onPage: { name: "job_name" },
  async *load(ctx, period, parameters) {
    const scope = await findScope(ctx, parameters);
    const pages = readWorkloadUsage(ctx, period, scope, {
      quantities: JOB_QUANTITIES,
      byProject: (p) => [p.project],
      order: (w) => [w.user, w.name, w.cluster, w.department, w.id],
    });
    for await (const page of pages)
      yield page.map(({ workload, quantities: q }) => {
        const figures = jobFigures(q);
        return {
          ...linkCells(workload.key, workload.projectKey),
          project: workload.project,
          user: workload.user,
          job_name: workload.name,
          gpu_hours: allocatedMilli(q),
          memory_hours: q.memoryObservedSeconds > 0 ? q.memoryUsedMibSeconds / 1024 / SECONDS_PER_HOUR : null,
          cpu_hours: q.cpuObservedSeconds > 0 ? q.cpuUsedMilliSeconds / 1000 / SECONDS_PER_HOUR : null,
          gpu_allocated: q.allocatedPeakMilli / 1000,
          gpu_utilization_peak: figures.gpuPeakPercent,
          gpu_utilization_average: figures.gpuAveragePercent,
          cpu_utilization_peak: per(q.cpuPeakMilli, 1000),
          cpu_utilization_average: figures.cpuAverageCores,
          cpu_memory_peak: figures.memoryPeakGib,
          cpu_memory_average: figures.memoryAverageGib,
          gpu_memory_request: per(q.gpuMemoryRequestedPeakMib, 1024),
          cpu_limit: per(q.cpuLimitPeakMilli, 1000),
          cpu_memory_request: per(q.memoryRequestedPeakMib, 1024),
          cpu_memory_limit: per(q.memoryLimitPeakMib, 1024),
          pod_count: q.podsPeak,
          running_pod_count_peak: q.runningPodsPeak,
          running_pod_count_average: average(q.runningPodSeconds, q.heldSeconds),
        };
      });
  },
});
