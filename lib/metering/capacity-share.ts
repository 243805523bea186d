import type { Holding } from "./holding.ts";
import type { FreeSpan } from "./node-capacity.ts";
import type { Placement } from "./place.ts";

interface Hardware {
  readonly nodePool: string;
  readonly gpuModel: string;
}

/** Milli-GPU of a node's capacity and overlap that count for a pool and model. */
export interface CapacityShare extends Hardware {
  readonly capacityMilli: number;
  readonly overlapMilli: number;
}

/**
 * What is held in a span under another pool or model than the node's look of then names: a pod keeps the model under which it
 * took its cards, though the node was relabelled, or stopped naming them, while it ran.
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
 * A span's capacity by pool and model: held cards count where their holders count, the rest where the node's look says.
 * They add up to the node's capacity and overlap, and for each of them `held + free = capacity + overlap`.
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
