import type { Instant, Interval } from "@/lib/time.ts";

export type FoundPod = { readonly podId: string; readonly clusterId: string; readonly node?: string };

/** The labels of a pod as a source reports them, with the keys as people write them. */
export interface PodLabels {
  readonly clusterId: string;
  readonly podId: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A restart of a container of a pod, at the look that saw it. */
export interface PodRestart {
  readonly clusterId: string;
  readonly podId: string;
  readonly at: Instant;
}

/** Finds the pod and cluster that the labels of a series name; null for one that the inventory does not list. */
export interface PodFinder {
  /** @param clusterId the cluster to which the series belongs, where it says so: names are often the same in two clusters. */
  byName(namespace: string, pod: string, at: Interval, clusterId?: string): FoundPod | null;
  byId(podId: string): FoundPod | null;
  /** The cluster of a node name, by the inventory; null for one that the inventory does not list, or lists in several clusters. */
  clusterOfNode(node: string): string | null;
  /** Whether a node of this name is in the cluster, or without one in any; absent: as clusterOfNode says. */
  hasNode?(node: string, clusterId?: string): boolean;
  /** The id of the cluster that this source means by an id or a name; null or absent: it is not known. */
  clusterNamed?(name: string): string | null;
  /** The namespaces whose pods the inventory lists. */
  namespaces(): readonly string[];
  /** The clusters with a pod of this name then: of those that the source covers, else of all; absent: they are not known. */
  clustersOf?(namespace: string, pod: string, at: Interval): readonly string[];
  /** Whether pods of the namespace are listed at all, now or at another time; absent: of every one. */
  isListed?(namespace: string): boolean;
  /** The cluster, where the inventory has only one; absent or null: it has several. */
  onlyCluster?(): string | null;
  /** The node of the inventory on which each card was seen, by UUID; without those that were seen on several. */
  nodesOfCards?(): Promise<ReadonlyMap<string, string>>;
}

/** A pod by its names, and the part of a window in which it lived. */
export interface LivingPod extends Interval {
  readonly namespace: string;
  readonly pod: string;
}

/** Reads something of pods of one cluster in a window. One name stands for one pod. */
export type ReadOfPods<T> = (
  pods: readonly LivingPod[],
  window: Interval,
  clusterId: string,
  finder: PodFinder,
) => Promise<T>;
