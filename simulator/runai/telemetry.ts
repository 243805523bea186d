import { utilisationAt } from "@/simulator/curves.ts";
import { holdersAt } from "@/simulator/device.ts";
import { type Call, json, type Reply } from "@/simulator/http.ts";
import type { Card } from "@/simulator/timeline.ts";
import { departmentVisible, iso, missingParameter, type RunaiContext, RunaiError } from "./context.ts";
import { isDown } from "./nodes.ts";
import { listed, stateOf, type WorkloadState } from "./workload-state.ts";
import { allocatedGpus } from "./workloads.ts";

interface Group {
  readonly key: string;
  readonly value: string;
  readonly name?: string;
}

/** Sums `value` over items by up to two group keys, as every `/telemetry` answer does. @throws RunaiError 400 for unknown keys. */
function grouped<T>(
  context: RunaiContext,
  call: Call,
  type: string,
  items: readonly T[],
  groupers: Record<string, (item: T) => Group>,
  value: (item: T) => number,
): Reply {
  const keys = call.query
    .getAll("groupBy")
    .flatMap((k) => k.split(","))
    .filter(Boolean);
  if (keys.length > 2) throw new RunaiError(400, "Validation failed - groupBy has more than 2 items");
  const sums = new Map<string, { groups: Group[]; sum: number }>();
  if (keys.length === 0) sums.set("", { groups: [], sum: 0 });
  for (const item of items) {
    const groups = keys.map((key) => {
      const grouper = groupers[key];
      if (!grouper) throw new RunaiError(400, "Validation failed - groupBy", key);
      return grouper(item);
    });
    const id = groups.map((g) => g.value).join("\n");
    const entry = sums.get(id) ?? { groups, sum: 0 };
    entry.sum += value(item);
    sums.set(id, entry);
  }
  const values = [...sums.values()].map((s) => ({
    value: String(Math.round(s.sum * 1000) / 1000),
    ...(s.groups.length ? { groups: s.groups } : {}),
  }));
  return json({ type, timestamp: iso(context.clock.now()), values });
}

function typeOf(call: Call): string {
  const type = call.query.get("telemetryType");
  if (!type) throw missingParameter("telemetryType");
  return type;
}

export function workloadTelemetry(context: RunaiContext, call: Call): Reply {
  const type = typeOf(call);
  const value: Record<string, (s: WorkloadState) => number> = {
    WORKLOADS_COUNT: () => 1,
    GPU_ALLOCATION: allocatedGpus,
  };
  const of = value[type];
  if (!of) throw new RunaiError(400, "Validation failed - telemetryType", type);
  const now = context.clock.now();
  const project = (s: WorkloadState) => context.timeline.project.get(s.spec.projectId);
  const wanted = call.query.get("departmentId");
  const pool = call.query.get("nodepoolName");
  const states = listed(context, false, now)
    .map((w) => stateOf(w, now))
    .filter((s) => (!wanted || project(s)?.departmentId === wanted) && (!pool || s.spec.pool === pool));
  const group = (key: string, get: (s: WorkloadState) => string) => (s: WorkloadState) => ({ key, value: get(s) });
  return grouped(
    context,
    call,
    type,
    states,
    {
      ClusterId: group("ClusterId", (s) => project(s)?.clusterId ?? ""),
      DepartmentId: group("DepartmentId", (s) => project(s)?.departmentId ?? ""),
      ProjectId: (s) => ({ key: "ProjectId", value: s.spec.projectId, name: project(s)?.name ?? "" }),
      Type: group("Type", (s) => s.spec.type),
      CurrentNodepools: group("CurrentNodepools", (s) => s.spec.pool),
      Phase: group("Phase", (s) => s.phase.phase),
      Category: group("Category", (s) => s.spec.category),
    },
    of,
  );
}

/** Five minutes without work, as Run:ai counts an idle card. */
function idleNow(card: Card, step: number, i: number): boolean {
  for (let back = 0; back * step <= 300; back++) {
    const slots = holdersAt(card, step, i - back);
    if (slots.length === 0 || slots.some((s) => utilisationAt(s.curve, i - back) > 0)) return false;
  }
  return true;
}

export function nodeTelemetry(context: RunaiContext, call: Call): Reply {
  const type = typeOf(call);
  const now = context.clock.now();
  const { step } = context.timeline;
  const i = Math.floor(now / step);
  const held = (c: Card) => holdersAt(c, step, i).reduce((sum, s) => sum + s.milli, 0) / 1000;
  const ready = (c: Card) => (isDown(c.node, now) ? 0 : 1);
  const perNode = (value: (c: Card) => number) => (c: Card) => (c.index === 0 ? value(c) : 0);
  const value: Record<string, (c: Card) => number> = {
    READY_GPU_NODES: perNode(ready),
    READY_GPUS: ready,
    TOTAL_GPU_NODES: perNode(() => 1),
    TOTAL_GPUS: () => 1,
    FREE_GPUS: (c) => (held(c) === 0 ? ready(c) : 0),
    ALLOCATED_GPUS: held,
    IDLE_ALLOCATED_GPUS: (c) => (held(c) > 0 && idleNow(c, step, i) ? 1 : 0),
    TOTAL_GPU_MEMORY_BYTES: (c) => c.node.memoryMibPerGpu * 1_048_576,
  };
  const of = value[type];
  if (!of) throw new RunaiError(400, "Validation failed - telemetryType", type);
  const pool = call.query.get("nodepoolName");
  const cluster = call.query.get("clusterId");
  const pools = new Map(context.timeline.scenario.nodePools.map((p) => [p.name, p.id]));
  const cards = context.timeline.cards.filter(
    (c) => c.node.createdAt <= now && (!pool || c.node.pool === pool) && (!cluster || c.node.clusterId === cluster),
  );
  return grouped(
    context,
    call,
    type,
    cards,
    {
      ClusterId: (c) => ({ key: "ClusterId", value: c.node.clusterId }),
      Nodepool: (c) => ({ key: "Nodepool", value: pools.get(c.node.pool) ?? "", name: c.node.pool }),
      Node: (c) => ({ key: "Node", value: c.node.id, name: c.node.name }),
    },
    of,
  );
}

interface OrgItem {
  readonly clusterId: string;
  readonly departmentId: string;
  readonly pool: string;
  readonly quota: number;
  readonly allocated: number;
  readonly nonPreemptible: number;
}

/** Project and department telemetry; departments spell their group key `CLUSTER_ID`, as the API does. */
export function orgTelemetry(context: RunaiContext, call: Call): Reply {
  const type = typeOf(call);
  const now = context.clock.now();
  const { scenario } = context.timeline;
  const items: OrgItem[] = scenario.projects
    .filter((p) => departmentVisible(context, p.departmentId))
    .flatMap((p) =>
      Object.entries(p.quota).map(([pool, quota]) => ({
        clusterId: p.clusterId,
        departmentId: p.departmentId,
        pool,
        quota,
        allocated: 0,
        nonPreemptible: 0,
      })),
    );
  for (const s of listed(context, false, now).map((w) => stateOf(w, now))) {
    const project = context.timeline.project.get(s.spec.projectId);
    if (!project) continue;
    const allocated = allocatedGpus(s);
    items.push({
      clusterId: project.clusterId,
      departmentId: project.departmentId,
      pool: s.spec.pool,
      quota: 0,
      allocated,
      nonPreemptible: s.spec.preemptible ? 0 : allocated,
    });
  }
  const value: Record<string, (item: OrgItem) => number> = {
    GPU_QUOTA: (x) => x.quota,
    GPU_ALLOCATION: (x) => x.allocated,
    GPU_ALLOCATION_NON_PREEMPTIBLE: (x) => x.nonPreemptible,
    CPU_ALLOCATION: (x) => x.allocated * 8000,
    MEMORY_ALLOCATION: (x) => x.allocated * 98_304,
    CPU_QUOTA: () => 0,
    MEMORY_QUOTA: () => 0,
  };
  const of = value[type];
  if (!of) throw new RunaiError(400, "Validation failed - telemetryType", type);
  const wanted = call.query.get("departmentId");
  const cluster = (key: string) => (x: OrgItem) => ({ key, value: x.clusterId });
  return grouped(
    context,
    call,
    type,
    items.filter((x) => !wanted || x.departmentId === wanted),
    {
      ClusterId: cluster("ClusterId"),
      CLUSTER_ID: cluster("CLUSTER_ID"),
      NodepoolId: (x) => ({
        key: "NodepoolId",
        value: scenario.nodePools.find((p) => p.name === x.pool)?.id ?? "",
        name: x.pool,
      }),
      ParentId: (x) => ({ key: "ParentId", value: x.departmentId }),
    },
    of,
  );
}
