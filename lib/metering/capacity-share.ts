import type { Placement } from "./held/place.ts";
import type { Holding } from "./held/workload-input.ts";
import type { FreeSpan } from "./node-capacity.ts";

interface Hardware {
  readonly nodePool: string;
  readonly gpuModel: string;
}

/** Milli-GPU of the capacity and overlap of a node that count for a pool and model. */
export interface CapacityShare extends Hardware {
  readonly capacityMilli: number;
  readonly overlapMilli: number;
}

/**
 * What is held in a span under another pool or model than the state of the node names: a pod keeps the model under
 * which it got its cards, even if the node was relabelled, or stopped reporting them, while it ran.
 */
export function foreignTo(
  span: FreeSpan,
  onNode: readonly Holding[],
  modelOf: Placement["modelOf"],
): (Hardware & { milli: number })[] {
  if (span.heldMilli === 0) return [];
  const sums = new Map<string, Hardware & { milli: number }>();
  for (const holding of onNode) {
    if (holding.start >= span.end || holding.end <= span.start) continue;
    const { nodePool, gpuModel } = modelOf(holding);
    if (nodePool === span.shape.nodePool && gpuModel === span.shape.gpuModel) continue;
    const key = `${gpuModel}\u0000${nodePool}`;
    sums.set(key, { nodePool, gpuModel, milli: (sums.get(key)?.milli ?? 0) + holding.milli });
  }
  return [...sums.values()];
}

/**
 * The capacity of a span by pool and model, in milli-GPU: held cards count under the model of their holders, the rest
 * under that of the node. They add up to the capacity and overlap of the node, and for each of them `held + free =
 * capacity + overlap`.
 */
export function capacityShares(span: FreeSpan, foreign: readonly (Hardware & { milli: number })[]): CapacityShare[] {
  const { nodePool, gpuModel, gpuCount } = span.shape;
  let left = gpuCount * 1000;
  let own = span.heldMilli;
  const out: CapacityShare[] = [];
  for (const { milli, ...hardware } of foreign) {
    const capacityMilli = Math.min(left, milli);
    out.push({ ...hardware, capacityMilli, overlapMilli: milli - capacityMilli });
    left -= capacityMilli;
    own -= milli;
  }
  if (gpuCount > 0 || own > 0)
    out.push({ nodePool, gpuModel, capacityMilli: left, overlapMilli: Math.max(0, own - left) });
  return out;
}
