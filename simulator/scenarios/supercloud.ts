import type { Scenario } from "@/simulator/scenario.ts";
import { readTrace, type TraceJob, traceScenario } from "./trace.ts";

const OUTCOMES: Readonly<Record<string, TraceJob["outcome"]>> = { COMPLETED: "completed", CANCELLED: "cancelled" };

/** MIT SuperCloud's GPU jobs: a project is a user, a workload a Slurm job. Nodes of two V100. */
export function supercloudScenario(folder: string, stepSeconds = 60): Scenario {
  const jobs = readTrace(folder, "mit_supercloud_gpu_jobs.csv.gz").map((row): TraceJob => {
    const user = row.get("user") ?? "";
    return {
      name: `job-${row.get("row")}`,
      project: `user-${user}`,
      user: `${user}@example.com`,
      category: (row.get("job_type") ?? "").includes("INTERACTIVE") ? "Build" : "Train",
      gpus: Number(row.get("gpus")),
      submitAt: Number(row.get("submit_epoch")),
      start: Number(row.get("start_epoch")),
      end: Number(row.get("end_epoch")),
      outcome: OUTCOMES[row.get("state") ?? ""] ?? "failed",
      gpuModel: "Tesla-V100-SXM2-32GB",
    };
  });
  return traceScenario(jobs, { name: "supercloud", stepSeconds, cardsPerNode: 2, memoryMibPerGpu: 32_768 });
}
