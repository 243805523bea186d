import type { Holding } from "@/lib/metering/held/workload-input.ts";
import type { MeterInput } from "@/lib/metering/records.ts";
import { type Interval, intersect, seconds, union } from "@/lib/time.ts";
import { isOfParts, partsByNode, shapeAt } from "./replicas.ts";

/** For so long, in seconds, two pods on one card may be the echo of one that left. */
const LEAST_SECONDS = 600;
/** Cards by UUID: an index may be that of the pod. */
const UUID = /^GPU-[^/]+$/i;

/** Time in which a card was named for several pods that hold a whole one each; `milli` is what they hold beyond it. */
export interface CrowdedCard extends Interval {
  readonly node: string;
  readonly milli: number;
}

/**
 * Where samples name pods that hold whole cards on one and the same card for 10 minutes or longer: the node counts
 * replicas, and its product does not say so. Within the range; half-open.
 */
export function crowdedCards(
  { cardSignals, nodes, range, loaded }: Pick<MeterInput, "cardSignals" | "nodes" | "range" | "loaded">,
  held: readonly Holding[],
): CrowdedCard[] {
  const known = new Set(nodes.map((n) => n.name));
  const parts = partsByNode(nodes, loaded);
  const countsCards = ({ node, start }: Holding) => known.has(node) && !isOfParts(shapeAt(parts.get(node), start));
  const named = held.flatMap((h) => {
    const cards = h.podId !== null && h.milli >= 1000 && countsCards(h) ? cardSignals.get(h.podId) : undefined;
    return [...(cards ?? [])].flatMap(([gpu, signals]) => {
      const used = UUID.test(gpu) ? signals.get("gpu_utilisation_percent") : undefined;
      const spans = union((used?.at ?? []).map((start, i) => ({ start, end: used?.until[i] as number })));
      const inside = spans.flatMap((s) => intersect(s, h) ?? []);
      return inside.length ? [{ gpu, node: h.node, podId: h.podId, spans: inside }] : [];
    });
  });
  return [...Map.groupBy(named, (n) => `${n.node}/${n.gpu}`).values()].flatMap((list) =>
    list.slice(1).flatMap((one, i): CrowdedCard[] => {
      const others = union(list.slice(0, i + 1).flatMap((o) => (o.podId === one.podId ? [] : o.spans)));
      const both = one.spans.flatMap((s) => others.flatMap((o) => intersect(s, o) ?? []));
      if (seconds(both) < LEAST_SECONDS) return [];
      return both.flatMap((b) => {
        const part = intersect(b, range);
        return part ? [{ ...part, node: one.node, milli: 1000 }] : [];
      });
    }),
  );
}
