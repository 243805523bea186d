import type { MeterInput } from "@/lib/metering/records.ts";
import { partsByNode, partsPeriods, withAllocationOfCards, withParts } from "@/lib/metering/shared/replicas.ts";
import { claimsOf } from "./claims.ts";
import { holdings, withLives } from "./holding.ts";
import { modelsOf } from "./place.ts";
import { underOthers } from "./under-others.ts";
import type { Held, Holding, WorkloadInput } from "./workload-input.ts";

/** What each workload held within the loaded range, by the workload with the lives of its pods. */
export function heldByWorkload(
  input: Pick<MeterInput, "workloads" | "nodes" | "loaded" | "cardSignals">,
): Map<WorkloadInput, Held> {
  const modelOf = modelsOf(input.nodes);
  const parts = partsByNode(input.nodes, input.loaded);
  const removedAt = new Map(input.nodes.flatMap((n) => (n.removedAt === null ? [] : [[n.name, n.removedAt]])));
  const held = new Map<WorkloadInput, Held>(
    input.workloads.map((reported) => {
      const lived = withClaims(withLives(reported, removedAt), input.cardSignals);
      if (!lived.pods.some((p) => parts.has(p.node))) return [lived, holdings(lived, input.loaded, modelOf)];
      const workload = withAllocationOfCards(lived, parts);
      const list = partsPeriods(lived, parts, input.loaded).map((period) =>
        holdings(withParts(lived, parts, period.start), period, modelOf),
      );
      const own = list.map((h) => h.holdings.map((one) => ({ ...one, workload })));
      return [workload, { holdings: own.reduce(joined, []), open: list.flatMap((h) => h.open) }];
    }),
  );
  return underOthers(held, input.nodes, input.loaded);
}

function withClaims(workload: WorkloadInput, cardSignals: MeterInput["cardSignals"]): WorkloadInput {
  const claims = workload.pods.map((pod) => claimsOf(cardSignals.get(pod.id)));
  if (!claims.some(Boolean)) return workload;
  const pods = workload.pods.map((pod, i) => (claims[i] ? { ...pod, claims: claims[i] } : pod));
  return { ...workload, pods };
}

/** What was held in a period and in the next: one holding where nothing changes between them. */
function joined(before: readonly Holding[], next: readonly Holding[]): Holding[] {
  const out = [...before];
  for (const h of next) {
    const i = out.findIndex(
      (o) => o.end === h.start && o.podId === h.podId && o.milli === h.milli && o.basis === h.basis,
    );
    const last = out[i];
    if (last) out[i] = { ...last, end: h.end };
    else out.push(h);
  }
  return out;
}
