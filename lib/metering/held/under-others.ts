import { type NodeInput, nodeShapes } from "@/lib/metering/node-capacity.ts";
import type { Instant, Interval } from "@/lib/time.ts";
import type { Held, Holding, OpenTime, WorkloadInput } from "./workload-input.ts";

/**
 * What workloads held, where those of the background hold only what others left free on their node: the scheduler gives
 * away their cards as if they were not there, so the same card counts once, for the other. What they ran under others is
 * the open time `runs-under`. Milli-GPU; the order of background pods is that of their ids.
 */
export function underOthers(
  held: ReadonlyMap<WorkloadInput, Held>,
  nodes: readonly NodeInput[],
  loaded: Interval,
): Map<WorkloadInput, Held> {
  const out = new Map(held);
  if (![...held.keys()].some((w) => w.isBackground)) return out;
  const byNode = Map.groupBy(
    [...held.values()].flatMap((h) => h.holdings),
    (h) => h.node,
  );
  const parts = new Map<Holding, readonly Part[]>();
  for (const node of nodes) {
    const there = byNode.get(node.name) ?? [];
    const below = there.filter((h) => h.workload.isBackground);
    if (below.length) addParts(parts, below, there, nodeShapes(node, loaded));
  }
  for (const [workload, own] of held) {
    if (!workload.isBackground) continue;
    const holdings = own.holdings.flatMap((h) => (parts.get(h) ?? [{ ...h, under: 0 }]).flatMap((p) => partOf(h, p)));
    const under = own.holdings.flatMap((h) =>
      (parts.get(h) ?? []).flatMap(({ start, end, under: milli }): OpenTime[] =>
        milli > 0 ? [{ start, end, milli, kind: "runs-under" }] : [],
      ),
    );
    out.set(workload, { holdings, open: [...own.open, ...under] });
  }
  return out;
}

/** A part of a holding with the milli-GPU that it has for itself, and those that it runs under others. */
interface Part extends Interval {
  readonly milli: number;
  readonly under: number;
}

const partOf = (holding: Holding, { start, end, milli }: Part): Holding[] =>
  milli > 0 ? [{ ...holding, start, end, milli, rest: milli < holding.milli ? 0 : (holding.rest ?? 0) }] : [];

function addParts(
  parts: Map<Holding, readonly Part[]>,
  below: readonly Holding[],
  there: readonly Holding[],
  shapes: readonly (Interval & { readonly gpuCount: number })[],
): void {
  const above = there.filter((h) => !h.workload.isBackground);
  const order = [...below].sort((a, b) => ((a.podId ?? "") < (b.podId ?? "") ? -1 : 1));
  const edges = [...new Set([...there, ...shapes].flatMap((i) => [i.start, i.end]))].sort((a, b) => a - b);
  const isIn = (i: Interval, at: Instant) => i.start <= at && at < i.end;
  const lists = new Map(order.map((h) => [h, [] as Part[]]));
  edges.slice(0, -1).forEach((start, i) => {
    const cards = shapes.find((s) => isIn(s, start))?.gpuCount ?? 0;
    let free = above.reduce((rest, h) => (isIn(h, start) ? rest - h.milli : rest), cards * 1000);
    for (const holding of order) {
      if (!isIn(holding, start)) continue;
      const milli = Math.max(0, Math.min(holding.milli, free));
      free -= milli;
      addPart(lists.get(holding) as Part[], {
        start,
        end: edges[i + 1] as Instant,
        milli,
        under: holding.milli - milli,
      });
    }
  });
  for (const [holding, list] of lists) parts.set(holding, list);
}

function addPart(list: Part[], part: Part): void {
  const last = list.at(-1);
  if (last?.milli === part.milli && last.end === part.start) list[list.length - 1] = { ...last, end: part.end };
  else list.push(part);
}
