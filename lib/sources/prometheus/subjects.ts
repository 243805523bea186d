import type { PodFinder } from "@/lib/sources/find-pods.ts";
import type { Missing } from "@/lib/sources/source.ts";
import type { Instant } from "@/lib/time.ts";
import type { Holder } from "./dcgm.ts";

export interface PodSubject {
  readonly podId: string;
  readonly clusterId: string;
}

type Pod = Extract<Holder, { kind: "pod" }>;

/** From `from` on, until the next segment, the name means this pod; null if the inventory has no such pod. */
export interface Segment {
  readonly from: Instant;
  readonly subject: PodSubject | null;
}

/**
 * Finds the subjects that labels name, and collects those that are unknown: each is listed as missing once, never
 * dropped silently. With a fixed `cluster`, a pod of another cluster that has the same name is not accepted.
 */
export class Subjects {
  readonly #finder: PodFinder;
  readonly #cluster: string | undefined;
  readonly #named = new Map<string, string | null>();
  readonly #missing = new Map<string, Missing>();
  readonly #nodes = new Map<string, string>();

  constructor(finder: PodFinder, cluster: string | undefined) {
    this.#finder = finder;
    this.#cluster = cluster;
  }

  get missing(): Missing[] {
    return [...this.#missing.values()];
  }

  /** The id of the cluster that a label of a series names; null if it names none that is known. */
  #clusterNamed(label: string | undefined): string | null {
    if (label === undefined) return null;
    const known = this.#named.get(label);
    if (known !== undefined) return known;
    const named = this.#finder.clusterNamed?.(label) ?? null;
    this.#named.set(label, named);
    return named;
  }

  /**
   * The spelling of the name of the node in the inventory (also without its domain), else the most likely one.
   * @param label of the cluster, where the series has one.
   */
  node(names: readonly string[], label?: string): string {
    const cluster = this.#clusterNamed(label) ?? this.#cluster;
    const key = `${cluster ?? ""} ${names.join(" ")}`;
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const tries = [...names, ...names.map(shortName)];
    const isHere = (name: string) => this.#finder.hasNode?.(name, cluster) ?? this.#finder.clusterOfNode(name) !== null;
    const node = tries.find(isHere) ?? (names[0] as string);
    this.#nodes.set(key, node);
    return node;
  }

  /**
   * The cluster of a node: that which the label of the series names, the setting, the inventory, the label as it is, then the only
   * cluster there is; null, and listed as missing, if none names one.
   */
  clusterOf(node: string, label: string | undefined): string | null {
    const known = this.#clusterNamed(label) ?? this.#cluster ?? this.#finder.clusterOfNode(node) ?? label;
    const cluster = known ?? this.#finder.onlyCluster?.() ?? null;
    if (cluster === null)
      this.addMissing(
        node,
        "The inventory does not list this node in one cluster, and its series name no cluster: set PROMETHEUS_CLUSTER, or the clusters of the connection.",
      );
    return cluster;
  }

  addMissing(subject: string, cause: string): void {
    if (!this.#missing.has(subject)) this.#missing.set(subject, { kind: "failed", subject, metric: "", cause });
  }

  /** A pod of a namespace without listed pods is the exporter's own, or of no concern: it will never be listed. */
  reportUnknown(pod: Pod): void {
    if (pod.namespace && this.#finder.isListed?.(pod.namespace) === false) return;
    const name = pod.pod ? `${pod.namespace}/${pod.pod}` : (pod.uid ?? "");
    this.addMissing(name, `Pod ${name} holds a card but is not in the inventory; its samples are kept as the card's.`);
  }

  /**
   * Which pod the labels mean over time. `instants` are ascending and not empty; a point at t is a sample of (t − step,
   * t]. A name that is used again (a restarted StatefulSet, a resumed job) returns several segments.
   * @param label of the cluster, where the series has one: a pod of another cluster is not meant.
   */
  segments(pod: Pod, instants: readonly Instant[], step: number, label?: string): Segment[] {
    const first = instants[0] as Instant;
    const cluster = this.#clusterNamed(label) ?? this.#cluster;
    const accept = (found: PodSubject | null) =>
      found && (cluster === undefined || found.clusterId === cluster) ? found : null;
    const byId = pod.uid ? accept(this.#finder.byId(pod.uid)) : null;
    if (byId) return [{ from: first, subject: byId }];
    if (!pod.pod) return [{ from: first, subject: null }];
    const find = (start: Instant, end: Instant) =>
      accept(this.#finder.byName(pod.namespace, pod.pod, { start, end }, cluster));
    const whole = find(first - step, (instants.at(-1) as Instant) + 1);
    if (!whole) return [{ from: first, subject: null }];
    const idAt = (i: number) => find((instants[i] as Instant) - step, (instants[i] as Instant) + 1) ?? whole;
    const out: Segment[] = [{ from: first, subject: idAt(0) }];
    const split = (low: number, high: number, a: PodSubject, b: PodSubject): void => {
      if (a.podId === b.podId) return;
      if (high - low === 1) {
        out.push({ from: instants[high] as Instant, subject: b });
        return;
      }
      const middle = (low + high) >> 1;
      const m = idAt(middle);
      split(low, middle, a, m);
      split(middle, high, m, b);
    };
    split(0, instants.length - 1, idAt(0), idAt(instants.length - 1));
    return out;
  }
}

/** A host name without its domain; an IP address stays whole. */
export function shortName(name: string): string {
  return /^[\d.]+$/.test(name) ? name : name.replace(/\..*$/, "");
}
