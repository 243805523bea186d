import type { Scenario } from "@/simulator/scenario.ts";
import { readTrace, type TraceJob, traceScenario } from "./trace.ts";

/** The trace counts seconds from its start; it is laid on this instant (2023-01-01T00:00:00Z). */
export const OPENB_EPOCH = 1_672_531_200;

/**
 * Alibaba's openb pods with their fractional cards: a project is a QoS class (the trace has no teams); pods that never
 * ran or asked for no card are left out. Share = gpu_milli / 1000 of one card, else whole cards.
 */
export function openbScenario(folder: string, stepSeconds = 60): Scenario {
  const jobs = readTrace(folder, "alibaba_openb_2023_pods.csv.gz")
    .filter((row) => row.get("num_gpu") !== "0" && row.get("scheduled_time") !== "")
    .map((row): TraceJob => {
      const qos = row.get("qos") ?? "";
      const count = Number(row.get("num_gpu"));
      const at = (name: string) => OPENB_EPOCH + Math.floor(Number(row.get(name)));
      return {
        name: row.get("name") ?? "",
        project: qos.toLowerCase(),
        user: `${qos.toLowerCase()}@example.com`,
        category: qos === "LS" ? "Deploy" : "Train",
        gpus: count === 1 ? Number(row.get("gpu_milli")) / 1000 : count,
        submitAt: at("creation_time"),
        start: at("scheduled_time"),
        end: at("deletion_time"),
        outcome: row.get("pod_phase") === "Failed" ? "failed" : "completed",
        gpuModel: "NVIDIA-A10",
      };
    });
  return traceScenario(jobs, { name: "openb", stepSeconds, cardsPerNode: 8, memoryMibPerGpu: 23_028 });
}
