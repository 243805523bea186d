import type { Interval } from "@/lib/time.ts";
import { hashText } from "@/simulator/random.ts";
import { type PhaseSpec, podEnd, type Scenario, type WorkloadSpec } from "@/simulator/scenario.ts";

/** One workload of one pod in so many that start within a time: its pod is bound when its cards are taken, and starts minutes later. */
export function withSlowStarts(scenario: Scenario, within: Interval = scenario.range, oneIn = 2): Scenario {
  const step = scenario.stepSeconds;
  const slow = (w: WorkloadSpec): WorkloadSpec => {
    const [pod] = w.pods;
    const end = pod && podEnd(pod);
    if (!pod || pod.startedAt === null || w.pods.length !== 1 || hashText(w.id) % oneIn > 0) return w;
    if (pod.startedAt < within.start || pod.startedAt >= within.end) return w;
    const boundAt = Math.ceil(pod.startedAt / step) * step;
    const startedAt = boundAt + 150 + (hashText(w.id) % 2400);
    if (startedAt >= (end ?? scenario.range.end) - step) return w;
    const others = w.phases.filter((p) => p.phase !== "Initializing" || p.at > boundAt);
    const phases = others.flatMap((p): PhaseSpec[] =>
      p.phase === "Running"
        ? [
            { ...p, at: boundAt, phase: "Initializing" },
            { ...p, at: startedAt },
          ]
        : [p],
    );
    return { ...w, phases, pods: [{ ...pod, boundAt, startedAt }] };
  };
  return { ...scenario, workloads: scenario.workloads.map(slow) };
}
