import type { Kit } from "@/db/columns.ts";
import { classColumns } from "./classes.ts";

/** Quantities of a usage row. Units: milli-GPU-seconds, milli-core-seconds, MiB-seconds; peaks in the plain unit. */
const quantities = (k: Kit) => ({
  ...classColumns(k, "milli"),
  /** Milli-GPU-seconds with a utilisation sample. */
  observedMilli: k.int("observed_milli").notNull(),
  /** Σ utilisation (hundredths of a percent) × milli-GPU-seconds observed. */
  utilisationWeighted: k.int("utilisation_weighted").notNull(),
  utilisationPeakCenti: k.int("utilisation_peak_centi"),
  allocatedPeakMilli: k.int("allocated_peak_milli").notNull(),
  /** Wall-clock seconds in which it held GPUs or had a running pod. */
  heldSeconds: k.int("held_seconds").notNull(),
  gpuMemoryUsedMibSeconds: k.int("gpu_memory_used_mib_seconds").notNull(),
  gpuMemoryObservedSeconds: k.int("gpu_memory_observed_seconds").notNull(),
  gpuMemoryPeakMib: k.int("gpu_memory_peak_mib"),
  gpuMemoryRequestedMibSeconds: k.int("gpu_memory_requested_mib_seconds").notNull(),
  gpuMemoryRequestedPeakMib: k.int("gpu_memory_requested_peak_mib"),
  cpuUsedMilliSeconds: k.int("cpu_used_milli_seconds").notNull(),
  cpuObservedSeconds: k.int("cpu_observed_seconds").notNull(),
  cpuPeakMilli: k.int("cpu_peak_milli"),
  cpuRequestedMilliSeconds: k.int("cpu_requested_milli_seconds").notNull(),
  cpuRequestedPeakMilli: k.int("cpu_requested_peak_milli"),
  cpuLimitMilliSeconds: k.int("cpu_limit_milli_seconds").notNull(),
  cpuLimitPeakMilli: k.int("cpu_limit_peak_milli"),
  memoryUsedMibSeconds: k.int("memory_used_mib_seconds").notNull(),
  memoryObservedSeconds: k.int("memory_observed_seconds").notNull(),
  memoryPeakMib: k.int("memory_peak_mib"),
  memoryRequestedMibSeconds: k.int("memory_requested_mib_seconds").notNull(),
  memoryRequestedPeakMib: k.int("memory_requested_peak_mib"),
  memoryLimitMibSeconds: k.int("memory_limit_mib_seconds").notNull(),
  memoryLimitPeakMib: k.int("memory_limit_peak_mib"),
  podSeconds: k.int("pod_seconds").notNull(),
  podsPeak: k.int("pods_peak").notNull(),
  runningPodSeconds: k.int("running_pod_seconds").notNull(),
  runningPodsPeak: k.int("running_pods_peak").notNull(),
});

/** Usage records, capacity and findings: written by metering alone, whole buckets at a time. */
export const metering = (k: Kit) => ({
  /** Where a GPU is: cluster × node pool × GPU model. An empty model holds no GPU (CPU work). */
  hardware: k.table(
    "hardware",
    {
      key: k.key("key"),
      clusterId: k.text("cluster_id").notNull(),
      nodePool: k.text("node_pool").notNull(),
      gpuModel: k.text("gpu_model").notNull(),
    },
    (t) => [k.uniqueIndex("hardware_identity").on(t.clusterId, t.gpuModel, t.nodePool)],
  ),
  /** One workload (or nobody: key 0) × hardware × bucket. */
  usage: k.table(
    "usage",
    {
      bucketAt: k.int("bucket_at").notNull(),
      hardwareKey: k.int("hardware_key").notNull(),
      workloadKey: k.int("workload_key").notNull(),
      /** The coarsest level at which its utilisation was observed: gpu, pod, workload; empty if it was not. */
      level: k.text("level").notNull(),
      ...quantities(k),
    },
    (t) => [
      k.primaryKey({ columns: [t.bucketAt, t.hardwareKey, t.workloadKey] }),
      k.index("usage_workload").on(t.workloadKey, t.bucketAt),
    ],
  ),
  /** The same, summed over the workloads of a project (key 0: nobody). */
  usageProjects: k.table(
    "usage_projects",
    {
      bucketAt: k.int("bucket_at").notNull(),
      hardwareKey: k.int("hardware_key").notNull(),
      projectKey: k.int("project_key").notNull(),
      ...quantities(k),
    },
    (t) => [
      k.primaryKey({ columns: [t.bucketAt, t.hardwareKey, t.projectKey] }),
      k.index("usage_projects_project").on(t.projectKey, t.bucketAt),
    ],
  ),
  /** The largest values of a project at one instant of a bucket, over all its workloads and hardware. */
  projectPeaks: k.table(
    "project_peaks",
    {
      bucketAt: k.int("bucket_at").notNull(),
      projectKey: k.int("project_key").notNull(),
      allocatedMilli: k.int("allocated_milli").notNull(),
      pods: k.int("pods").notNull(),
      runningPods: k.int("running_pods").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.bucketAt, t.projectKey] })],
  ),
  /** Usage summed over the buckets of a day (`YYYYMMDD`) of the billing time zone. */
  usageDays: k.table(
    "usage_days",
    {
      day: k.int("day").notNull(),
      hardwareKey: k.int("hardware_key").notNull(),
      workloadKey: k.int("workload_key").notNull(),
      /**
       * The project of the workload (0: nobody), so that a long period is summed by project without reading each
       * workload.
       */
      projectKey: k.int("project_key").notNull().default(0),
      level: k.text("level").notNull(),
      ...quantities(k),
    },
    (t) => [
      k.primaryKey({ columns: [t.day, t.hardwareKey, t.workloadKey] }),
      // The last two: the peaks of all workloads of a period are summed from them, in the order of workloads.
      k.index("usage_days_workload").on(t.workloadKey, t.day, t.projectKey, t.allocatedPeakMilli),
    ],
  ),
  /** The sums of a day over the workloads of a project (key 0: nobody). */
  usageProjectDays: k.table(
    "usage_project_days",
    {
      day: k.int("day").notNull(),
      hardwareKey: k.int("hardware_key").notNull(),
      projectKey: k.int("project_key").notNull(),
      ...quantities(k),
    },
    (t) => [k.primaryKey({ columns: [t.day, t.hardwareKey, t.projectKey] })],
  ),
  /**
   * Days of the billing time zone whose sums metering has written, and how often: results derived from them compare the
   * number.
   */
  meteredDays: k.table(
    "metered_days",
    {
      clusterId: k.text("cluster_id").notNull(),
      day: k.int("day").notNull(),
      revision: k.int("revision").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.clusterId, t.day] })],
  ),
  /** How often each bucket was metered: what is derived from buckets compares the number. */
  meteredBuckets: k.table(
    "metered_buckets",
    {
      clusterId: k.text("cluster_id").notNull(),
      bucketAt: k.int("bucket_at").notNull(),
      revision: k.int("revision").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.clusterId, t.bucketAt] })],
  ),
  capacity: k.table(
    "capacity",
    {
      bucketAt: k.int("bucket_at").notNull(),
      hardwareKey: k.int("hardware_key").notNull(),
      capacityMilli: k.int("capacity_milli").notNull(),
      overlapMilli: k.int("overlap_milli").notNull(),
      /** Up to where the bucket is metered: its end, or earlier in the present bucket. */
      throughAt: k.int("through_at").notNull(),
      rulesId: k.text("rules_id").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.bucketAt, t.hardwareKey] })],
  ),
  /** The thresholds by which a bucket was classed, so that a past figure can be explained. */
  meterRules: k.table("meter_rules", {
    id: k.text("id").primaryKey(),
    rules: k.text("rules").notNull(),
    firstUsedAt: k.int("first_used_at").notNull(),
  }),
  /** Contradictions that metering found: overlap, sources that disagree, a pod on an unknown node. */
  findings: k.table(
    "findings",
    {
      bucketAt: k.int("bucket_at").notNull(),
      clusterId: k.text("cluster_id").notNull(),
      kind: k.text("kind").notNull(),
      subject: k.text("subject").notNull(),
      quantityMilli: k.int("quantity_milli").notNull(),
      detail: k.text("detail").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.bucketAt, t.clusterId, t.kind, t.subject] })],
  ),
  /** The slots of every card at the newest metered instant, for the fleet map. */
  fleet: k.table(
    "fleet",
    {
      clusterId: k.text("cluster_id").notNull(),
      node: k.text("node").notNull(),
      position: k.int("position").notNull(),
      hardwareKey: k.int("hardware_key").notNull(),
      gpu: k.text("gpu").notNull(),
      milli: k.int("milli").notNull(),
      class: k.text("class").notNull(),
      workloadKey: k.int("workload_key").notNull(),
      utilisationCenti: k.int("utilisation_centi"),
      gpuMemoryMib: k.int("gpu_memory_mib"),
      sinceAt: k.int("since_at").notNull(),
      asOfAt: k.int("as_of_at").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.clusterId, t.node, t.position] })],
  ),
});
