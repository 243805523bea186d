import { type Reader, sql } from "@/db/client.ts";
import { charges, clusters, hardware, pods, workloads } from "@/db/schema/index.ts";
import type { Interval } from "@/lib/time.ts";
import { hasLabel, labelOf, type Members, ofMembers, ofModel } from "./cost-load.ts";
import type { Unit } from "./types.ts";

/** A pod of an inference workload, with its life. */
export interface ServingPod extends Interval {
  readonly clusterId: string;
  /** The name of the source that owns the cluster. */
  readonly source: string;
  readonly workloadId: string;
  readonly podId: string;
  readonly namespace: string;
  readonly podName: string;
}

/** When a pod began to serve: while it waits for a card, nobody counts its requests. Without a known start, from its creation. */
const BEGIN = sql`coalesce(p.started_at, p.created_at)`;

interface Row extends ServingPod {
  readonly labels: string;
  readonly history: string;
}

/**
 * Pods of the inference workloads that were charged to a scope on a day, as far as they lived on it: those whose requests a unit of that scope
 * counts. @param on the day, as a key and as an interval.
 */
export async function listServingPods(
  db: Reader,
  members: Members,
  unit: Pick<Unit, "label" | "gpuModel">,
  on: Interval & { readonly day: number },
  zone: string,
): Promise<ServingPod[]> {
  if (members.keys?.length === 0) return [];
  const rows =
    await db.all<Row>(sql`select p.cluster_id as "clusterId", coalesce(k.source, '') as source, w.id as "workloadId",
      p.id as "podId", w.namespace, p.name as "podName", ${BEGIN} as "start", p.ended_at as "end", w.labels, w.label_history as history
    from ${workloads} w join ${pods} p on p.workload_key = w.key left join ${clusters} k on k.id = p.cluster_id
    where w.category = 'Deploy' and ${BEGIN} < ${on.end} and p.ended_at > ${on.start} and w.key in (
      select c.workload_key from ${charges} c join ${hardware} h on h.key = c.hardware_key
      where c.day = ${on.day} and c.workload_key <> 0${ofMembers("c", members)}${ofModel(unit)})
    order by p.cluster_id, w.id, p.id`);
  const [key, value] = labelOf(unit.label);
  return rows
    .filter((row) => !unit.label || hasLabel({ ...row, day: on.day }, key, value, zone))
    .map(({ labels: _, history: __, ...pod }) => pod);
}
