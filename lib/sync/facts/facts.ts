import type { Tx } from "@/db/client.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { errorText } from "@/lib/errors.ts";
import { isAbsent } from "@/lib/sources/failure.ts";
import type { ClusterFact, ListEnd, Pages, Readers } from "@/lib/sources/source.ts";
import { markMetered } from "@/lib/sync/due.ts";
import type { OwnedCluster, Provider, Sources } from "@/lib/sync/sources.ts";
import type { Instant, Interval } from "@/lib/time.ts";
import { endClusters, listClusters, listLiveClusters } from "./cluster-store.ts";
import {
  type Changes,
  saveClusters,
  saveDepartments,
  saveNodePools,
  saveProjects,
  saveWorkloads,
} from "./inventory-store.ts";
import type { LateFact } from "./late-facts.ts";
import { saveNodes } from "./node-store.ts";
import { type PhasesWanted, phasesWanted, savePhases } from "./phase-store.ts";
import { endVanished, savePods } from "./pod-store.ts";
import { WHOLE } from "./unseen-store.ts";

export interface FactCounts {
  clusters: number;
  nodes: number;
  projects: number;
  workloads: number;
  pods: number;
  histories: number;
}

export interface HistoryOptions {
  readonly bucketSeconds: number;
  /** Seconds around a change in which classes can change too. */
  readonly marginSeconds: number;
  /** Histories are read of workloads that overlap this. */
  readonly histories: Interval;
  readonly mostHistories: number;
  readonly signal?: AbortSignal | undefined;
}

export interface FactOptions extends HistoryOptions {
  /** Called in the transaction that finds that charges change from an instant on. */
  readonly onMoved: (tx: Tx, since: Instant) => Promise<unknown>;
  /**
   * Called in the transaction that stores pods that were not known, with the time in which they may have held GPUs: it
   * plans to read their samples, which nobody would ask for later.
   */
  readonly onLate: (tx: Tx, late: readonly LateFact[]) => Promise<unknown>;
  readonly onProgress?: ((counts: FactCounts) => void) | undefined;
}

/** The result of one pass over the inventories of all sources. */
export interface FactsRead {
  /** Summed over the sources whose inventory was read in full. */
  readonly counts: FactCounts;
  /** Names of the sources whose inventory was read in full. */
  readonly complete: ReadonlySet<string>;
  /** Why each of the others could not be read in full. What was read of it before the failure stays. */
  readonly failures: readonly unknown[];
  /** What lists lacked: nothing that they do not name ended by that. */
  readonly warnings: readonly string[];
}

/** The inventory of one source, and which clusters it owns. */
interface Inventory extends Provider<"inventory"> {
  readonly clusters: readonly ClusterFact[];
  /** How far the list of clusters was read. */
  readonly end: ListEnd;
  /** Clusters of this source that no source lists any longer. */
  readonly missing: readonly string[];
  /** False for clusters that another source owns: facts of this source about them are ignored. */
  isOwn(clusterId: string): boolean;
}

/**
 * Reads the inventory of each source: clusters, pools, nodes, departments, projects, workloads and pods, active and
 * deleted. A source that cannot be read does not stop the others. Each page is one transaction; reading everything
 * twice changes nothing.
 * @throws the reason of the signal when it is aborted.
 */
export async function syncFacts(ctx: Ctx, sources: Sources, options: FactOptions): Promise<FactsRead> {
  const now = ctx.now();
  const { inventories, failures } = await listInventories(ctx, sources);
  let counts: FactCounts = { clusters: 0, nodes: 0, projects: 0, workloads: 0, pods: 0, histories: 0 };
  const complete = new Set<string>();
  const warnings: string[] = [];
  for (const inventory of inventories)
    try {
      counts = sumOf(counts, await syncInventory(ctx, inventory, options, now, counts, warnings));
      complete.add(inventory.source.name);
    } catch (error) {
      options.signal?.throwIfAborted();
      failures.push(error);
    }
  if (complete.size > 0) counts.histories = await syncHistories(ctx, sources, options, false);
  return { counts, complete, failures, warnings };
}

const sumOf = (a: FactCounts, b: FactCounts): FactCounts => ({
  clusters: a.clusters + b.clusters,
  nodes: a.nodes + b.nodes,
  projects: a.projects + b.projects,
  workloads: a.workloads + b.workloads,
  pods: a.pods + b.pods,
  histories: a.histories + b.histories,
});

/**
 * Lists the clusters of each source, which decides their owner: the source of highest precedence that lists a cluster.
 * A source whose list cannot be read, or that is paused, keeps the clusters that it owned.
 */
async function listInventories(ctx: Ctx, sources: Sources) {
  const owners = new Map<string, string>();
  for (const cluster of await listClusters(ctx.db)) owners.set(cluster.id, sources.ownerOf(cluster)?.name ?? "");
  const failures: unknown[] = [];
  const listed: { provider: Provider<"inventory">; clusters: ClusterFact[]; end: ListEnd }[] = [];
  const claimed = new Set<string>();
  for (const provider of sources.providers("inventory")) {
    const { name, rests } = provider.source;
    if (rests === "paused") {
      for (const [id, owner] of owners) if (owner === name) claimed.add(id);
      continue;
    }
    try {
      const { items, ...end } = await provider.read.clusters();
      const clusters = items.filter((c) => !claimed.has(c.id));
      for (const { id } of clusters) owners.set(id, name);
      for (const { id } of clusters) claimed.add(id);
      listed.push({ provider, clusters, end });
    } catch (error) {
      failures.push(error);
      for (const [id, owner] of owners) if (owner === name) claimed.add(id);
    }
  }
  const known = await listLiveClusters(ctx.db);
  const inventories = listed.map(({ provider, clusters, end }): Inventory => {
    const { name } = provider.source;
    const unread = new Set(end.unread);
    const isMissing = ({ id, source }: OwnedCluster) => source === name && !claimed.has(id) && !unread.has(id);
    const missing = end.isWhole ? known.filter(isMissing).map((c) => c.id) : [];
    return { ...provider, clusters, end, missing, isOwn: (clusterId) => (owners.get(clusterId) ?? name) === name };
  });
  return { inventories, failures };
}

/**
 * @param before the counts of the sources before this one, added to the reported progress.
 * @throws AppError when a list cannot be read in full.
 */
async function syncInventory(
  ctx: Ctx,
  inventory: Inventory,
  options: FactOptions,
  now: Instant,
  before: FactCounts,
  warnings: string[],
): Promise<FactCounts> {
  const counts: FactCounts = { clusters: 0, nodes: 0, projects: 0, workloads: 0, pods: 0, histories: 0 };
  const onProgress = () => options.onProgress?.(sumOf(before, counts));
  const odd = await syncLists(ctx, inventory, options, now, counts);
  onProgress();
  const workloads = await inBoth(inventory.read.workloads, async (list) => {
    options.signal?.throwIfAborted();
    const page = list.filter((w) => inventory.isOwn(w.clusterId));
    await ctx.db.write(async (tx) => {
      const { spans, since } = await saveWorkloads(tx, page, now);
      await meterAgain(tx, spans, options);
      if (since !== null) await options.onMoved(tx, since);
    });
    counts.workloads += page.length;
    onProgress();
  });
  const pods = await syncPods(ctx, inventory, options, now, (added) => {
    counts.pods += added;
    onProgress();
  });
  const clusterIds = inventory.clusters.map((c) => c.id);
  const ended = await ctx.db.write(async (tx) => {
    await meterAgain(tx, await endVanished(tx, clusterIds, now, { workloads, pods }), options);
    const gone = await endClusters(tx, inventory.missing, now);
    await meterAgain(
      tx,
      await endVanished(
        tx,
        gone.map((c) => c.id),
        now,
        { workloads: WHOLE, pods: WHOLE },
      ),
      options,
    );
    return gone.map((c) => `it no longer lists the cluster ${c.name}: what ran there ended when it was last seen`);
  });
  const { title } = inventory.source;
  warnings.push(
    ...[...ended, lackOf("clusters", inventory.end), ...odd, lackOf("workloads", workloads), lackOf("pods", pods)]
      .map((text) => text && `${title}: ${text}`)
      .filter(Boolean),
  );
  return counts;
}

/** Reads what exists and what was deleted. */
async function inBoth<T>(
  read: (which: "active" | "deleted") => Pages<T>,
  onPage: (page: readonly T[]) => Promise<void>,
): Promise<ListEnd> {
  let end: ListEnd = WHOLE;
  for (const which of ["active", "deleted"] as const) {
    const pages = read(which);
    for (;;) {
      const { done, value } = await pages.next();
      if (!done) await onPage(value);
      else if (!value) break;
      else {
        end = { isWhole: end.isWhole && value.isWhole, unread: [...end.unread, ...value.unread] };
        break;
      }
    }
  }
  return end;
}

/** What a list lacked, as a sentence; empty if it was whole. */
function lackOf(what: string, end: ListEnd | null): string {
  const { isWhole, unread } = end ?? WHOLE;
  const odd =
    unread.length > 0 ? `${unread.length} of its ${what} cannot be read (${unread.slice(0, 3).join(", ")})` : "";
  const part = isWhole ? "" : `the list of ${what} is incomplete: what it does not name is not taken as ended`;
  return [odd, part].filter(Boolean).join("; ");
}

/** @returns null where the source has no list of pods: then a missing pod does not mean that it ended. */
async function syncPods(
  ctx: Ctx,
  inventory: Inventory,
  options: FactOptions,
  now: Instant,
  onPods: (added: number) => void,
): Promise<ListEnd | null> {
  try {
    return await inBoth(inventory.read.pods, async (list) => {
      options.signal?.throwIfAborted();
      const page = list.filter((p) => inventory.isOwn(p.clusterId));
      await ctx.db.write(async (tx) => {
        const late: LateFact[] = [];
        await meterAgain(tx, await savePods(tx, page, now, late), options);
        if (late.length) await options.onLate(tx, late);
      });
      onPods(page.length);
    });
  } catch (error) {
    if (!isAbsent(error)) throw error;
    ctx.log.warn(
      { source: inventory.source.name, error: errorText(error) },
      "the source lists no pods; allocation follows phases, samples and requests",
    );
    return null;
  }
}

/** Reads and stores the lists that are small enough for one transaction. @returns what they lacked. */
async function syncLists(
  ctx: Ctx,
  { source, read, clusters, missing, isOwn }: Inventory,
  options: FactOptions,
  now: Instant,
  counts: FactCounts,
): Promise<string[]> {
  const clusterIds = clusters.map((c) => c.id);
  const own = <T extends { readonly clusterId: string }>(facts: readonly T[]) =>
    facts.filter((f) => isOwn(f.clusterId));
  const pools = own(await read.nodePools());
  const listedNodes = await read.nodes(clusterIds);
  const nodes = own(listedNodes.items);
  const departments = own(await read.departments());
  const listedProjects = await read.projects();
  const projects = own(listedProjects.items);
  const names = new Map(departments.map((d) => [`${d.clusterId}/${d.id}`, d.name]));
  await ctx.db.write(async (tx) => {
    await saveClusters(tx, source.name, clusters, now);
    await saveNodePools(tx, pools, now);
    await meterAgain(tx, await saveNodes(tx, clusterIds, nodes, now, listedNodes), options);
    await meterAgain(tx, await saveNodes(tx, missing, [], now), options);
    await saveDepartments(tx, departments, now);
    const since = await saveProjects(tx, projects, names, now, isOwn, isProven(listedProjects));
    if (since !== null) await options.onMoved(tx, since);
  });
  Object.assign(counts, { clusters: clusters.length, nodes: nodes.length, projects: projects.length });
  return [lackOf("nodes", listedNodes), lackOf("projects", listedProjects)];
}

/** Whether absence from the list means anything. */
const isProven = ({ isWhole, unread }: ListEnd) => isWhole && unread.length === 0;

/** Marks the buckets whose facts changed, and those around them in which classes can change, as due. */
async function meterAgain(tx: Tx, changes: Changes, { bucketSeconds, marginSeconds }: HistoryOptions): Promise<void> {
  for (const [clusterId, spans] of changes)
    for (const { start, end } of spans)
      await markMetered(tx, clusterId, { start: start - marginSeconds, end: end + marginSeconds }, bucketSeconds);
}

/**
 * Reads phase histories: those without which allocation is not known, or with `all` every one that changed. A history
 * that cannot be read is logged and retried in the next run.
 * @returns how many were read.
 */
export async function syncHistories(
  ctx: Ctx,
  sources: Sources,
  options: HistoryOptions,
  all: boolean,
): Promise<number> {
  const readers = new Map<string, Readers["phases"]>();
  for (const cluster of await listClusters(ctx.db)) {
    const read = sources.providerOf("phases", cluster)?.read;
    if (read) readers.set(cluster.id, read);
  }
  const isAsked = (clusterId: string) => readers.has(clusterId);
  const wanted = await phasesWanted(ctx.db, isAsked, options.histories, ctx.now(), all, options.mostHistories);
  let read = 0;
  for (let at = 0; at < wanted.length; at += 50) {
    options.signal?.throwIfAborted();
    const part = await Promise.all(
      wanted.slice(at, at + 50).map((w) => history(ctx, readers.get(w.clusterId) as Readers["phases"], w)),
    );
    const found = part.filter((p) => p !== null);
    await ctx.db.write(async (tx) => {
      for (const { workload, records } of found) {
        const changed = await savePhases(tx, workload, records, ctx.now());
        await meterAgain(tx, new Map([[workload.clusterId, changed]]), options);
      }
    });
    read += found.length;
  }
  return read;
}

async function history(ctx: Ctx, read: Readers["phases"], workload: PhasesWanted) {
  try {
    return { workload, records: await read(workload.id) };
  } catch (error) {
    ctx.log.warn({ workload: workload.id, error: errorText(error) }, "the workload's history could not be read");
    return null;
  }
}
