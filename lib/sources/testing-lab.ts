import { AppError } from "@/lib/errors.ts";
import { ceilTo, HOUR, type Instant, type Interval } from "@/lib/time.ts";
import { defineSource } from "./define.ts";
import type { Answer, InventoryReader, PodFact, SampleReader, Series, WorkloadFact } from "./source.ts";

/**
 * A small source that tests add to the list: one cluster "lab" with one node of two cards. Its workload "lab-job" holds a card for two
 * hours, at 80 % in the first and at 0 % in the second; "lab-batch" has no pods, and ran for an hour by its phase history.
 */
export interface LabOptions {
  /** Where its two hours begin. */
  readonly start: Instant;
  readonly by: SampleReader["by"];
  readonly clusterId?: string;
  /** While it returns true, nothing is answered. */
  readonly isDown?: () => boolean;
  readonly now: () => Instant;
}

export const LAB_MODEL = "Lab-GPU";
const NODE = "lab-1";
const POD = "lab-pod";

export function labSource(options: LabOptions) {
  const { start, by, now, clusterId = "lab" } = options;
  const life: Interval = { start, end: start + 2 * HOUR };
  const answer = async <T>(value: () => T): Promise<T> => {
    if (options.isDown?.()) throw new AppError("source_unavailable", "The lab does not answer.");
    return value();
  };

  const series = (window: Interval, step: number, of: (at: Instant) => "gpu" | "card" | null, gpu: string): Series[] =>
    (["gpu", "card"] as const).flatMap((subjectKind) => {
      const at: Instant[] = [];
      for (let t = ceilTo(window.start, step); t < Math.min(window.end, now()); t += step)
        if (of(t) === subjectKind) at.push(t);
      const subject = { clusterId, subjectKind, subjectId: subjectKind === "gpu" ? POD : NODE, gpu, node: NODE };
      const busy = (t: Instant) => subjectKind === "gpu" && t < start + HOUR;
      return [
        { ...subject, metric: "gpu_utilisation_percent", at, value: at.map((t) => (busy(t) ? 80 : 0)) },
        { ...subject, metric: "gpu_memory_used_mib", at, value: at.map(() => (subjectKind === "gpu" ? 40_000 : 0)) },
      ];
    });
  const isHeld = (t: Instant) => t >= life.start && t < life.end;
  const ofPod = (window: Interval, step: number) => series(window, step, (t) => (isHeld(t) ? "gpu" : null), "0");
  const ofNode = (window: Interval, step: number) => [
    ...series(window, step, (t) => (isHeld(t) ? null : "card"), "0"),
    ...series(window, step, () => "card", "1"),
  ];
  const whole = (value: Series[]): Answer<Series[]> => ({ value, missing: [] });
  const none: Answer<Series[]> = {
    value: [],
    missing: [
      { kind: "gone", subject: "lab-batch", metric: "gpu_utilisation_percent", cause: "The lab kept nothing of it." },
    ],
  };
  const samples: SampleReader =
    by === "window"
      ? {
          by,
          mostPoints: 500,
          series: (window, step) => answer(() => whole([...ofPod(window, step), ...ofNode(window, step)])),
        }
      : {
          by,
          mostPoints: 500,
          workload: async () => answer(() => none),
          pod: (_cluster, _workload, _pod, window, step) => answer(() => whole(ofPod(window, step))),
          node: (_cluster, _id, _node, window, step) => answer(() => whole(ofNode(window, step))),
        };

  return defineSource({
    name: "lab",
    title: "Lab",
    provides: ["inventory", "phases", "samples", "labels"],
    settings: {},
    address: () => "http://lab.example",
    open: () => ({
      read: {
        inventory: inventoryOf(clusterId, life, now, answer),
        phases: (id) =>
          answer(() =>
            id === "lab-batch"
              ? [
                  { at: start, phase: "Running" },
                  { at: start + HOUR, phase: "Completed" },
                ]
              : [],
          ),
        samples,
        labels: () => answer(() => ({ value: [{ clusterId, podId: POD, labels: { team: "lab" } }], missing: [] })),
      },
      connection: async () => {
        const ok = !options.isDown?.();
        return { source: "lab", url: "http://lab.example", ok, version: "1", message: "", latencyMs: 1 };
      },
      requests: () => 0,
      close: async () => undefined,
    }),
  });
}

function inventoryOf(
  clusterId: string,
  life: Interval,
  now: () => Instant,
  answer: <T>(value: () => T) => Promise<T>,
): InventoryReader {
  const project = { clusterId, id: "p-lab", name: "lab-project", departmentId: "d-lab" };
  const has = (at: Instant) => (now() >= at ? at : null);
  const workload = (id: string, completedAt: Instant): WorkloadFact => ({
    ...{ clusterId, id, name: id, type: "job", category: "Train", namespace: "lab", submittedBy: "ada" },
    ...{ projectId: project.id, projectName: project.name, departmentId: "d-lab", departmentName: "lab-department" },
    ...{
      phase: has(completedAt) ? "Completed" : "Running",
      preemptible: false,
      priorityClass: "",
      nodePool: "default",
    },
    ...{ createdAt: life.start, phaseUpdatedAt: has(completedAt) ?? life.start, completedAt: has(completedAt) },
    ...{ deletedAt: null, gpuRequestMilli: 1000, gpuRequestPerPodMilli: 1000, gpuMemoryRequestMib: null },
    ...{ cpuRequestMilli: null, cpuLimitMilli: null, cpuMemoryRequestMib: null, cpuMemoryLimitMib: null },
    ...{ pendingSeconds: null, runningSeconds: null, images: [] },
  });
  const pod = (): PodFact => ({
    ...{ clusterId, id: POD, name: POD, workloadId: "lab-job", node: NODE, nodePool: "default" },
    ...{ phase: has(life.end) ? "Succeeded" : "Running", createdAt: life.start, startedAt: life.start },
    ...{ completedAt: has(life.end), deletedAt: null, gpuMilli: 1000, gpuMemoryRequestMib: null },
  });
  const cluster = { id: clusterId, name: "Lab", version: "1", state: "Connected", createdAt: null, deletedAt: null };
  const node = { clusterId, id: "n-lab", name: NODE, nodePool: "default", gpuModel: LAB_MODEL, gpuCount: 2 };
  const begun = <T>(...list: T[]) => (now() >= life.start ? list : []);
  const whole = <T>(item: T) => ({ items: [item], isWhole: true, unread: [] });
  return {
    clusters: () => answer(() => whole({ ...cluster, lastLivenessAt: now() })),
    nodePools: () => answer(() => [{ clusterId, id: "default", name: "default" }]),
    nodes: () => answer(() => whole({ ...node, ready: true, createdAt: life.start - HOUR })),
    departments: () => answer(() => [{ clusterId, id: "d-lab", name: "lab-department" }]),
    projects: () => answer(() => whole({ ...project, namespace: "lab", quotaMilli: { default: 2000 } })),
    async *workloads(which) {
      const list = begun(workload("lab-job", life.end), workload("lab-batch", life.start + HOUR));
      yield await answer(() => (which === "active" ? list : []));
      return undefined;
    },
    async *pods(which) {
      yield await answer(() => (which === "active" ? begun(pod()) : []));
      return undefined;
    },
  };
}
