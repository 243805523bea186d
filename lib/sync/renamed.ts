import type { Answer, InventoryReader, Pages, Readers, SampleReader, Series, Source } from "@/lib/sources/source.ts";

/** Ids of clusters: by the source's own, and by ours. */
export interface Renaming {
  readonly ours: ReadonlyMap<string, string>;
  readonly theirs: ReadonlyMap<string, string>;
}

/**
 * Renaming of a source's ids of clusters. @param pairs its own id, and ours. Of several of its ids that are one cluster, the last is asked for.
 */
export function renamingOf(pairs: Iterable<readonly [theirs: string, ours: string]>): Renaming {
  const list = [...pairs].filter(([theirs, ours]) => theirs !== ours);
  return { ours: new Map(list), theirs: new Map(list.map(([theirs, ours]) => [ours, theirs])) };
}

/**
 * A source that calls clusters by our ids: what it lists is renamed, and it is asked by its own. A cluster that it lists under both ids
 * is the one of our id. Only what names a cluster changes.
 * @param listed ids of its own that its last list of clusters named, which are kept here for the next wrapper of the same source.
 */
export function renamed(source: Source, { ours, theirs }: Renaming, listed = new Set<string>()): Source {
  if (ours.size === 0) return source;
  /** Our ids that it lists itself: then it is asked by them, and what it lists under the other id is left out. */
  const both = { has: (id: string) => theirs.has(id) && listed.has(id) };
  const ourId = (id: string) => ours.get(id) ?? id;
  const theirId = (id: string) => (both.has(id) ? id : (theirs.get(id) ?? id));
  const isHidden = (id: string) => ours.has(id) && both.has(ourId(id));
  const own = <T extends { readonly clusterId: string }>(facts: readonly T[]): T[] =>
    facts.flatMap((fact) => (isHidden(fact.clusterId) ? [] : [{ ...fact, clusterId: ourId(fact.clusterId) }]));
  const ofSeries = async (answer: Promise<Answer<Series[]>>): Promise<Answer<Series[]>> => {
    const { value, ...rest } = await answer;
    return { ...rest, value: own(value) };
  };

  const inventory = (read: InventoryReader): InventoryReader => ({
    async clusters() {
      const { items, ...end } = await read.clusters();
      // A list that may lack some does not show that one is gone.
      if (end.isWhole) for (const id of listed) if (!end.unread.includes(id)) listed.delete(id);
      for (const { id, deletedAt } of items)
        if (deletedAt === null) listed.add(id);
        else listed.delete(id);
      const shown = items.filter(({ id }) => !isHidden(id)).map((c) => ({ ...c, id: ourId(c.id) }));
      return { ...end, unread: end.unread.map(ourId), items: [...new Map(shown.map((c) => [c.id, c])).values()] };
    },
    nodePools: async () => own(await read.nodePools()),
    async nodes(clusterIds) {
      const listed = await read.nodes(clusterIds.map(theirId));
      return { ...listed, items: own(listed.items) };
    },
    departments: async () => own(await read.departments()),
    async projects() {
      const listed = await read.projects();
      return { ...listed, items: own(listed.items) };
    },
    workloads: (which) => pages(read.workloads(which), own),
    pods: (which) => pages(read.pods(which), own),
  });

  const samples = (read: SampleReader): SampleReader =>
    read.by === "window"
      ? { ...read, series: (...asked) => ofSeries(read.series(...asked)) }
      : {
          ...read,
          workload: (clusterId, ...rest) => ofSeries(read.workload(theirId(clusterId), ...rest)),
          pod: (clusterId, ...rest) => ofSeries(read.pod(theirId(clusterId), ...rest)),
          node: (clusterId, ...rest) => ofSeries(read.node(theirId(clusterId), ...rest)),
        };

  const { read } = source;
  const readers: Partial<Readers> = {
    ...read,
    ...(read.inventory ? { inventory: inventory(read.inventory) } : {}),
    ...(read.samples ? { samples: samples(read.samples) } : {}),
    ...(read.totals ? { totals: totalsOf(read.totals, theirId, ofSeries) } : {}),
  };
  return { ...source, read: readers };
}

/** The total of a cluster is a series whose subject is the id of the cluster, too. */
function totalsOf(
  read: Readers["totals"],
  theirId: (id: string) => string,
  ofSeries: (answer: Promise<Answer<Series[]>>) => Promise<Answer<Series[]>>,
): Readers["totals"] {
  return async (clusterId, window, stepSeconds) => {
    const { value, ...rest } = await ofSeries(read(theirId(clusterId), window, stepSeconds));
    return { ...rest, value: value.map((series) => ({ ...series, clusterId, subjectId: clusterId })) };
  };
}

async function* pages<T>(from: Pages<T>, change: (page: T[]) => T[]): Pages<T> {
  for (;;) {
    const { done, value } = await from.next();
    if (done) return value;
    yield change(value);
  }
}
