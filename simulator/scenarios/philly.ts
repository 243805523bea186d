import { parseInstant } from "@/lib/time.ts";
import type { Scenario } from "@/simulator/scenario.ts";
import { readTrace, type TraceJob, traceScenario } from "./trace.ts";

/**
 * Microsoft's Philly trace (passed jobs) by virtual cluster: a project is a VC, start = submission + wait (blank = 0),
 * end = start + duration; naive times read as UTC. Nodes of eight cards, as many as the jobs need.
 */
export function phillyScenario(folder: string, stepSeconds = 60): Scenario {
  const jobs = readTrace(folder, "philly_passed_jobs.csv.gz").map((row): TraceJob => {
    const submitAt = parseInstant(row.get("submit_time") ?? "") ?? 0;
    const start = submitAt + Number(row.get("wait_s") || 0);
    const user = row.get("user");
    return {
      name: `job-${row.get("job")}`,
      project: row.get("vc") ?? "",
      user: user ? `user-${user}@example.com` : "unknown@example.com",
      category: "Train",
      gpus: Number(row.get("gpus")),
      submitAt,
      start,
      end: start + Number(row.get("duration_s")),
      outcome: "completed",
      gpuModel: "Tesla-P100",
    };
  });
  return traceScenario(jobs, { name: "philly", stepSeconds, cardsPerNode: 8, memoryMibPerGpu: 24_576 });
}
