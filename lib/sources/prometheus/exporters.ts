import type { PodFinder } from "@/lib/sources/find-pods.ts";
import type { Gathered, NodeOf } from "./collect.ts";
import { type Holder, nodeNames, readHolder, readUuid } from "./dcgm.ts";
import { shortName } from "./subjects.ts";
import type { Labels, Points } from "./wire.ts";

const nobody: NodeOf = () => null;

/** Whether the inventory knows one of the names of the node in the labels, also without its domain. */
const isKnown = (finder: PodFinder, labels: Labels): boolean =>
  nodeNames(labels).some((n) => isNode(finder, n) || isNode(finder, shortName(n)));
const isNode = (finder: PodFinder, name: string): boolean =>
  finder.hasNode?.(name) ?? finder.clusterOfNode(name) !== null;

/**
 * Finds the nodes of exporters that do not name theirs (`localhost`, the name of their pod, an address): the node of a
 * card is that of the pods that are named on it, else that on which it was seen before, else that of the other cards of
 * the same scraped instance. Where these name several nodes – an instance may be a service in front of all exporters –,
 * nothing follows.
 */
export async function exporterNodes(dcgm: readonly Gathered[], finder: PodFinder): Promise<NodeOf> {
  const all = dcgm.flatMap(({ series }) => series).filter(({ labels }) => !isKnown(finder, labels));
  if (!all.length) return nobody;
  const before = (await finder.nodesOfCards?.()) ?? new Map<string, string>();
  const [ofCard, ofInstance] = [new Votes(), new Votes()];
  for (const points of all) {
    const node = nodeOfHolder(finder, readHolder(points.labels), points);
    if (node) ofCard.add(readUuid(points.labels), node);
  }
  const cardOf = (labels: Labels) => {
    const uuid = readUuid(labels);
    return uuid ? (ofCard.only(uuid) ?? before.get(uuid) ?? null) : null;
  };
  for (const { labels } of all) ofInstance.add(labels.instance, cardOf(labels));
  return (labels) =>
    isKnown(finder, labels) ? null : (cardOf(labels) ?? ofInstance.only(labels.instance ?? "") ?? null);
}

function nodeOfHolder(finder: PodFinder, holder: Holder, { at }: Points): string | undefined {
  if (holder.kind !== "pod" || at.length === 0) return undefined;
  const named = { start: at[0] as number, end: (at.at(-1) as number) + 1 };
  const byId = holder.uid ? finder.byId(holder.uid) : null;
  const pod = byId ?? finder.byName(holder.namespace, holder.pod, named);
  return pod?.node || undefined;
}

/** The nodes that were named for a card or an instance. */
class Votes {
  readonly #nodes = new Map<string, Set<string>>();

  add(key: string | null | undefined, node: string | null): void {
    if (!key || !node) return;
    const nodes = this.#nodes.get(key) ?? new Set();
    this.#nodes.set(key, nodes.add(node));
  }

  /** The one that was named; undefined if none was, or several were. */
  only(key: string): string | undefined {
    const nodes = this.#nodes.get(key);
    return nodes?.size === 1 ? [...nodes][0] : undefined;
  }
}
