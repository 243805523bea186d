import type { CallTime } from "@/lib/sources/call-times.ts";
import type { Capability, Readers, Source } from "@/lib/sources/source.ts";
import { MOST_AHEAD } from "@/lib/sync/clock.ts";
import type { ClusterNames } from "@/lib/sync/facts/cluster-names-store.ts";
import type { Instant } from "@/lib/time.ts";

/** A cluster and the name of the source that owns it; empty if it was stored before ledgers recorded the source. */
export interface OwnedCluster {
  readonly id: string;
  readonly source: string;
}

/** A source with its reader for one capability. */
export interface Provider<C extends Capability> {
  readonly source: Source;
  readonly read: Readers[C];
}

/**
 * The open sources of a ledger, and which of them is asked about a cluster (docs/decisions/0017).
 *
 * - The last in the list has the highest precedence.
 * - A cluster is owned by the source of highest precedence whose inventory lists it. Only its owner reports what exists
 *   in it.
 * - Each other capability (phases, samples, totals, labels) of a cluster is read from one source: of those that provide
 *   it and cover the cluster, the one of highest precedence, but one that names the cluster before those that name none. A source
 *   with an inventory covers the clusters that it owns; one without covers every cluster, unless its `clusters` limit it.
 * - A source that rests keeps what it owns and covers: what it would be asked for is missing until it answers again.
 *
 * So no two sources write the same fact or sample, and the order of requests does not matter.
 */
export class Sources {
  #byPrecedence: readonly Source[] = [];
  #names: Pick<ClusterNames, "idOf"> = { idOf: (_source, name) => name };

  constructor(list: readonly Source[]) {
    this.set(list);
  }

  /** From now on these, without closing the others. @param names what they mean by names of clusters. */
  set(list: readonly Source[], names = this.#names): void {
    this.#byPrecedence = [...list].reverse();
    this.#names = names;
  }

  /** From now on clusters are called like that. */
  learn(names: Pick<ClusterNames, "idOf">): void {
    this.#names = names;
  }

  /** All of them, the one of lowest precedence first. */
  list(): readonly Source[] {
    return this.#byPrecedence.toReversed();
  }

  /** The sources that provide a capability, in descending order of precedence. */
  providers<C extends Capability>(capability: C): Provider<C>[] {
    return this.#byPrecedence.flatMap((source) => {
      const readers: Partial<Readers> = source.read;
      const read = readers[capability];
      return read === undefined ? [] : [{ source, read }];
    });
  }

  /**
   * The reader of the first source that provides a capability: one that is added later does not change what is counted. Undefined while
   * it rests, because what another counts in its place would stay.
   */
  firstReader<C extends Capability>(capability: C): Readers[C] | undefined {
    const first = this.providers(capability).at(-1);
    return first?.source.rests ? undefined : first?.read;
  }

  /** Undefined for a source that is no longer configured. */
  byName(name: string): Source | undefined {
    return this.#byPrecedence.find((source) => source.name === name);
  }

  /** The source whose inventory lists a cluster; undefined when it is no longer configured. */
  ownerOf(cluster: OwnedCluster): Source | undefined {
    const inventories = this.providers("inventory");
    if (cluster.source === "") return inventories.at(-1)?.source;
    return inventories.find(({ source }) => source.name === cluster.source)?.source;
  }

  /**
   * The source from which a capability of a cluster is read; undefined if none provides it, or if the owner of the
   * cluster is no longer configured.
   */
  providerOf<C extends Capability>(capability: C, cluster: OwnedCluster): Provider<C> | undefined {
    const owner = this.ownerOf(cluster);
    if (!owner) return undefined;
    const candidates = this.providers(capability).filter(({ source }) => !source.read.inventory || source === owner);
    const names = ({ clusters, name }: Source) =>
      clusters?.some((text) => (this.#names.idOf(name, text) ?? text) === cluster.id) ?? false;
    return (
      candidates.find(({ source }) => names(source)) ?? candidates.find(({ source }) => source.clusters === undefined)
    );
  }

  /** Requests sent so far by all of them. */
  requests(): number {
    return this.#byPrecedence.reduce((sum, source) => sum + source.requests(), 0);
  }

  /** How long requests to each of them took, since the last time that somebody asked. */
  takeCallTimes(): { readonly source: string; readonly times: readonly CallTime[] }[] {
    return this.#byPrecedence.map((source) => ({ source: source.name, times: source.takeCallTimes?.() ?? [] }));
  }

  /** What time it is by the clock of each source that has one. */
  times(): { readonly title: string; readonly at: Instant | null }[] {
    return this.#byPrecedence.flatMap((source) =>
      source.clock ? [{ title: source.title, at: source.clock.now() }] : [],
    );
  }

  /** Asks those that have not answered yet, or whose time is not `own`, so that their clocks are known. Never throws. */
  async askTime(own: Instant): Promise<void> {
    const isKnown = (at: Instant | null) => at !== null && Math.abs(at - own) <= MOST_AHEAD;
    const silent = this.#byPrecedence.filter(({ clock }) => clock && !isKnown(clock.now()));
    await Promise.all(silent.map(({ clock }) => clock?.ask()));
  }

  async close(): Promise<void> {
    for (const source of this.#byPrecedence) await source.close();
  }
}
