import type { Interval } from "@/lib/time.ts";

export type FoundPod = { readonly podId: string; readonly clusterId: string; readonly node?: string };

/** Finds the pod and cluster that the labels of a series name; null for one that the inventory does not list. */
export interface PodFinder {
  byName(namespace: string, pod: string, at: Interval): FoundPod | null;
  byId(podId: string): FoundPod | null;
  /** The cluster of a node name, by the inventory; null for one that the inventory does not list. */
  clusterOfNode(node: string): string | null;
  /** The namespaces whose pods the inventory lists. */
  namespaces(): readonly string[];
  /** Whether pods of the namespace are listed at all, now or at another time; absent: of every one. */
  isListed?(namespace: string): boolean;
  /** The cluster, where the inventory has only one; absent or null: it has several. */
  onlyCluster?(): string | null;
  /** The node of the inventory on which each card was seen, by UUID; without those that were seen on several. */
  nodesOfCards?(): Promise<ReadonlyMap<string, string>>;
}
