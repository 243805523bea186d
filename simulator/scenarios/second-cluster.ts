import type { Instant } from "@/lib/time.ts";
import { uuidOf } from "@/simulator/random.ts";
import type { PodSpec, Scenario } from "@/simulator/scenario.ts";

/** The scenario with the cluster of another beside its own, with names and ids that are not those of the first. */
export function withSecondCluster(first: Scenario, second: Scenario): { scenario: Scenario; clusterId: string } {
  const clusterId = uuidOf("second-cluster");
  const far = (name: string) => `far-${name}`;
  const more = {
    clusters: second.clusters.map((c) => ({ ...c, id: clusterId, name: far(c.name) })),
    nodePools: second.nodePools.map((p) => ({ ...p, id: far(p.id), name: far(p.name), clusterId })),
    nodes: second.nodes.map((n) => ({ ...n, id: uuidOf(far(n.id)), name: far(n.name), pool: far(n.pool), clusterId })),
    departments: second.departments.map((d) => ({ ...d, id: far(d.id), name: far(d.name), clusterId })),
    projects: second.projects.map((p) => ({
      ...{ ...p, id: far(p.id), name: far(p.name), departmentId: far(p.departmentId), clusterId },
      ...{ namespace: far(p.namespace), quota: {} },
    })),
    workloads: second.workloads.map((w) => ({
      ...{ ...w, projectId: far(w.projectId), pool: far(w.pool) },
      pods: w.pods.map((p) => ({ ...p, node: p.node === null ? null : far(p.node) })),
    })),
    outages: second.outages.map((o) => ({ ...o, clusterId })),
  };
  return {
    clusterId,
    scenario: {
      ...first,
      clusters: [...first.clusters, ...more.clusters],
      nodePools: [...first.nodePools, ...more.nodePools],
      nodes: [...first.nodes, ...more.nodes],
      departments: [...first.departments, ...more.departments],
      projects: [...first.projects, ...more.projects],
      workloads: [...first.workloads, ...more.workloads],
      outages: [...first.outages, ...more.outages],
    },
  };
}

/** What can be known of a scenario of which one cluster was last seen at an instant: its pods end there at the latest. */
export function seenUntil(scenario: Scenario, clusterId: string, at: Instant): Scenario {
  const nodes = new Set(scenario.nodes.filter((n) => n.clusterId === clusterId).map((n) => n.name));
  const ended = (pod: PodSpec): PodSpec[] => {
    if (!nodes.has(pod.node ?? "")) return [pod];
    if (pod.startedAt !== null && pod.startedAt >= at) return [];
    const [completedAt, deletedAt] = [pod.completedAt, pod.deletedAt].map((t) => (t === null || t < at ? t : at));
    return [{ ...pod, completedAt: completedAt ?? (deletedAt === null ? at : null), deletedAt: deletedAt ?? null }];
  };
  const workloads = scenario.workloads.map((w) => ({ ...w, pods: w.pods.flatMap(ended) }));
  return { ...scenario, workloads };
}
