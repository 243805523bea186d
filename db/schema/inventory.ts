import { type SQL, sql } from "drizzle-orm";
import type { Kit } from "@/db/columns.ts";

/**
 * When a workload ended: completion, else deletion, else OPEN_END while it lasts. Exactly as in its index, or the index
 * is not used; without a comma, at which drizzle-kit would cut it.
 * @param alias of the workloads table, with its dot.
 */
export const workloadEnd = (alias: "" | "w." = ""): SQL =>
  sql.raw(
    `(case when ${alias}completed_at is not null then ${alias}completed_at when ${alias}deleted_at is not null then ${alias}deleted_at else 253402300799 end)`,
  );

/** The inventory: written by sync alone. Rows are never deleted; `last_seen_at` is when a source last listed them. */
export const inventory = (k: Kit) => ({
  clusters: k.table("clusters", {
    id: k.text("id").primaryKey(),
    /** The name of the source that owns it: the last one that listed it. Empty if the name was not stored yet. */
    source: k.text("source").notNull().default(""),
    name: k.text("name").notNull(),
    version: k.text("version"),
    state: k.text("state").notNull(),
    lastLivenessAt: k.int("last_liveness_at"),
    createdAt: k.int("created_at"),
    deletedAt: k.int("deleted_at"),
    firstSeenAt: k.int("first_seen_at").notNull(),
    lastSeenAt: k.int("last_seen_at").notNull(),
    /** The first list that lacked it since; null: the newest list names it. */
    missingAt: k.int("missing_at"),
  }),
  nodePools: k.table(
    "node_pools",
    {
      clusterId: k.text("cluster_id").notNull(),
      name: k.text("name").notNull(),
      poolId: k.text("pool_id").notNull(),
      lastSeenAt: k.int("last_seen_at").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.clusterId, t.name] })],
  ),
  nodes: k.table(
    "nodes",
    {
      clusterId: k.text("cluster_id").notNull(),
      name: k.text("name").notNull(),
      nodeId: k.text("node_id").notNull(),
      nodePool: k.text("node_pool").notNull(),
      gpuModel: k.text("gpu_model").notNull(),
      gpuCount: k.int("gpu_count").notNull(),
      ready: k.int("ready"),
      createdAt: k.int("created_at"),
      firstSeenAt: k.int("first_seen_at").notNull(),
      lastSeenAt: k.int("last_seen_at").notNull(),
      /** The first look that did not list it, until a second confirms that it is gone. */
      missingAt: k.int("missing_at"),
      removedAt: k.int("removed_at"),
    },
    (t) => [k.primaryKey({ columns: [t.clusterId, t.name] })],
  ),
  /** The states of nodes, run-length encoded: the node was like this over `[from_at, until_at)`. */
  nodeStates: k.table(
    "node_states",
    {
      clusterId: k.text("cluster_id").notNull(),
      node: k.text("node").notNull(),
      fromAt: k.int("from_at").notNull(),
      untilAt: k.int("until_at").notNull(),
      nodePool: k.text("node_pool").notNull(),
      gpuModel: k.text("gpu_model").notNull(),
      gpuCount: k.int("gpu_count").notNull(),
      ready: k.int("ready"),
      /** How many cards samples showed in this state, where the inventory counts replicas of cards; null: not known. */
      cards: k.int("cards"),
    },
    (t) => [k.primaryKey({ columns: [t.clusterId, t.node, t.fromAt] })],
  ),
  departments: k.table(
    "departments",
    {
      clusterId: k.text("cluster_id").notNull(),
      id: k.text("id").notNull(),
      name: k.text("name").notNull(),
      lastSeenAt: k.int("last_seen_at").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.clusterId, t.id] })],
  ),
  /** Key 0 is nobody: the payer of capacity that no workload holds. */
  projects: k.table(
    "projects",
    {
      key: k.key("key"),
      clusterId: k.text("cluster_id").notNull(),
      id: k.text("id").notNull(),
      name: k.text("name").notNull(),
      departmentId: k.text("department_id").notNull(),
      departmentName: k.text("department_name").notNull(),
      namespace: k.text("namespace").notNull(),
      /** JSON: node pool name → deserved milli-GPU. */
      quota: k.text("quota").notNull(),
      lastSeenAt: k.int("last_seen_at").notNull(),
    },
    (t) => [k.uniqueIndex("projects_id").on(t.clusterId, t.id)],
  ),
  workloads: k.table(
    "workloads",
    {
      key: k.key("key"),
      clusterId: k.text("cluster_id").notNull(),
      id: k.text("id").notNull(),
      name: k.text("name").notNull(),
      type: k.text("type").notNull(),
      category: k.text("category").notNull(),
      namespace: k.text("namespace").notNull(),
      projectKey: k.int("project_key").notNull(),
      submittedBy: k.text("submitted_by").notNull(),
      phase: k.text("phase").notNull(),
      preemptible: k.int("preemptible"),
      priorityClass: k.text("priority_class").notNull(),
      nodePool: k.text("node_pool").notNull(),
      createdAt: k.int("created_at").notNull(),
      phaseUpdatedAt: k.int("phase_updated_at"),
      completedAt: k.int("completed_at"),
      deletedAt: k.int("deleted_at"),
      gpuRequestMilli: k.int("gpu_request_milli"),
      gpuRequestPerPodMilli: k.int("gpu_request_per_pod_milli"),
      gpuMemoryRequestMib: k.int("gpu_memory_request_mib"),
      /** GPUs requested as MIG profiles, such as `1g.10gb*2`; empty: none. */
      gpuResources: k.text("gpu_resources").notNull().default(""),
      cpuRequestMilli: k.int("cpu_request_milli"),
      cpuLimitMilli: k.int("cpu_limit_milli"),
      cpuMemoryRequestMib: k.int("cpu_memory_request_mib"),
      cpuMemoryLimitMib: k.int("cpu_memory_limit_mib"),
      pendingSeconds: k.int("pending_seconds"),
      runningSeconds: k.int("running_seconds"),
      images: k.text("images").notNull(),
      /** JSON: the labels of its pods, the newest value of each key; `{}`: none are known. */
      labels: k.text("labels").notNull().default("{}"),
      /** JSON: all known labels with their days (lib/sync/facts/label-history.ts). */
      labelHistory: k.text("label_history").notNull().default("{}"),
      /** The phase change up to which the history was read; null: never. */
      phasesReadAt: k.int("phases_read_at"),
      firstSeenAt: k.int("first_seen_at").notNull(),
      lastSeenAt: k.int("last_seen_at").notNull(),
    },
    (t) => [
      k.uniqueIndex("workloads_id").on(t.clusterId, t.id),
      // Lists of one project, newest first.
      k.index("workloads_project").on(t.projectKey, t.createdAt),
      // "What may have run in this range": ended after its start, then filtered by created_at.
      k.index("workloads_ended").on(t.clusterId, workloadEnd(), t.createdAt),
      // The choices in filters: the distinct values that a viewer may see.
      k.index("workloads_user").on(t.submittedBy, t.projectKey),
      k.index("workloads_category").on(t.category, t.projectKey),
      k.index("workloads_phase").on(t.phase, t.projectKey),
    ],
  ),
  /** Former facts of a project or workload, valid until `until_at`. */
  formerFacts: k.table(
    "former_facts",
    {
      /** `project` or `workload`. */
      kind: k.text("kind").notNull(),
      key: k.int("key").notNull(),
      untilAt: k.int("until_at").notNull(),
      /** JSON: the facts that charges depend on (lib/sync/facts/former-facts-store.ts). */
      facts: k.text("facts").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.kind, t.key, t.untilAt] })],
  ),
  pods: k.table(
    "pods",
    {
      clusterId: k.text("cluster_id").notNull(),
      id: k.text("id").notNull(),
      workloadKey: k.int("workload_key").notNull(),
      name: k.text("name").notNull(),
      node: k.text("node").notNull(),
      nodePool: k.text("node_pool").notNull(),
      phase: k.text("phase").notNull(),
      createdAt: k.int("created_at").notNull(),
      /** The earliest start of a container that was ever reported. */
      startedAt: k.int("started_at"),
      /** The latest start of its containers while all had one: when a later one is reported, a container was restarted. */
      latestStartAt: k.int("latest_start_at"),
      /** The first look that saw it bound to a node before it started. */
      boundAt: k.int("bound_at"),
      /** Completion, a final phase or deletion, else OPEN_END while it runs. */
      endedAt: k.int("ended_at").notNull(),
      gpuMilli: k.int("gpu_milli"),
      gpuMemoryRequestMib: k.int("gpu_memory_request_mib"),
      gpuResources: k.text("gpu_resources").notNull().default(""),
      lastSeenAt: k.int("last_seen_at").notNull(),
    },
    (t) => [
      k.primaryKey({ columns: [t.clusterId, t.id] }),
      k.index("pods_workload").on(t.workloadKey, t.startedAt),
      // "What ran in this range": ended after its start, then filtered by started_at.
      k.index("pods_ended").on(t.clusterId, t.endedAt, t.startedAt),
      // The first pod on each node.
      k.index("pods_node").on(t.clusterId, t.node, t.startedAt),
    ],
  ),
  /** When a container of a pod was started again, as far as a look saw it: the last time before each look. */
  podRestarts: k.table(
    "pod_restarts",
    {
      clusterId: k.text("cluster_id").notNull(),
      podId: k.text("pod_id").notNull(),
      at: k.int("at").notNull(),
      workloadKey: k.int("workload_key").notNull(),
    },
    (t) => [
      k.primaryKey({ columns: [t.clusterId, t.podId, t.at] }),
      k.index("pod_restarts_workload").on(t.workloadKey),
    ],
  ),
  phases: k.table(
    "phases",
    {
      workloadKey: k.int("workload_key").notNull(),
      at: k.int("at").notNull(),
      phase: k.text("phase").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.workloadKey, t.at, t.phase] })],
  ),
});
