import type { MeterInput } from "@/lib/metering/records.ts";
import { partsByNode, withParts } from "@/lib/metering/shared/replicas.ts";
import { holdings, withLives } from "./holding.ts";
import { modelsOf } from "./place.ts";
import { underOthers } from "./under-others.ts";
import type { Held, WorkloadInput } from "./workload-input.ts";

/** What each workload held within the loaded range, by the workload with the lives of its pods. */
export function heldByWorkload(input: Pick<MeterInput, "workloads" | "nodes" | "loaded">): Map<WorkloadInput, Held> {
  const modelOf = modelsOf(input.nodes);
  const parts = partsByNode(input.nodes);
  const removedAt = new Map(input.nodes.flatMap((n) => (n.removedAt === null ? [] : [[n.name, n.removedAt]])));
  const held = new Map<WorkloadInput, Held>(
    input.workloads.map((reported) => {
      const workload = withParts(withLives(reported, removedAt), parts);
      return [workload, holdings(workload, input.loaded, modelOf)];
    }),
  );
  return underOthers(held, input.nodes, input.loaded);
}
