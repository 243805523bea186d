import type { Tx } from "@/db/client.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { errorText } from "@/lib/errors.ts";
import { isAbsent } from "@/lib/sources/failure.ts";
import type { FactSource } from "@/lib/sources/source.ts";
import { markMetered } from "@/lib/sync/due.ts";
import type { Instant, Interval } from "@/lib/time.ts";
import {
  type Changes,
  saveClusters,
  saveDepartments,
  saveNodePools,
  saveProjects,
  saveWorkloads,
} from "./inventory-store.ts";
import { saveNodes } from "./node-store.ts";
import { type PhasesWanted, phasesWanted, savePhases } from "./phase-store.ts";
import { endVanished, savePods } from "./pod-store.ts";

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
  /** Seconds around a change whose classes it can change. */
  readonly marginSeconds: number;
  /** Read the histories of workloads that overlap this. */
  readonly histories: Interval;
  readonly mostHistories: number;
  readonly signal?: AbortSignal | undefined;
}

export interface FactOptions extends HistoryOptions {
  /** Told in the transaction that finds that work is charged otherwise, from an instant on. */
  readonly onMoved: (tx: Tx, since: Instant) => Promise<unknown>;
  readonly onProgress?: ((counts: FactCounts) => void) | undefined;
}

/**
 * Reads the whole inventory: clusters, pools, nodes, departments, projects, workloads and pods, active and deleted.
 * Each page is one transaction; reading it all twice changes nothing.
 * @throws AppError `source_unavailable` when a list cannot be read whole. What was read before stays.
 */
export async function syncFacts(ctx: Ctx, source: FactSource, options: FactOptions): Promise<FactCounts> {
  const counts: FactCounts = { clusters: 0, nodes: 0, projects: 0, workloads: 0, pods: 0, histories: 0 };
  const now = ctx.now();
  const clusterIds = await inventory(ctx, source, options, now, counts);
  options.onProgress?.(counts);
  for (const which of ["active", "deleted"] as const)
    for await (const page of source.workloads(which)) {
      options.signal?.throwIfAborted();
      await ctx.db.write(async (tx) => {
        const { spans, since } = await saveWorkloads(tx, page, now);
        await meterAgain(tx, spans, options);
        if (since !== null) await options.onMoved(tx, since);
      });
      counts.workloads += page.length;
      options.onProgress?.(counts);
    }
  const hasPods = await pods(ctx, source, options, now, counts);
  await ctx.db.write(async (tx) => meterAgain(tx, await endVanished(tx, clusterIds, now, hasPods), options));
  counts.histories = await syncHistories(ctx, source, options, false);
  return counts;
}

/** @returns false where the source has no list of pods: then their absence tells nothing. */
async function pods(
  ctx: Ctx,
  source: FactSource,
  options: FactOptions,
  now: Instant,
  counts: FactCounts,
): Promise<boolean> {
  try {
    for (const which of ["active", "deleted"] as const)
      for await (const page of source.pods(which)) {
        options.signal?.throwIfAborted();
        await ctx.db.write(async (tx) => meterAgain(tx, await savePods(tx, page, now), options));
        counts.pods += page.length;
        options.onProgress?.(counts);
      }
    return true;
  } catch (error) {
    if (!isAbsent(error)) throw error;
    ctx.log.warn(
      { error: errorText(error) },
      "the source lists no pods; allocation follows phases, samples and requests",
    );
    return false;
  }
}

async function inventory(
  ctx: Ctx,
  source: FactSource,
  options: FactOptions,
  now: Instant,
  counts: FactCounts,
): Promise<string[]> {
  const clusters = await source.clusters();
  const clusterIds = clusters.map((c) => c.id);
  const pools = await source.nodePools();
  const nodes = await source.nodes(clusterIds);
  const departments = await source.departments();
  const projects = await source.projects();
  const names = new Map(departments.map((d) => [`${d.clusterId}/${d.id}`, d.name]));
  await ctx.db.write(async (tx) => {
    await saveClusters(tx, clusters, now);
    await saveNodePools(tx, pools, now);
    await saveNodes(tx, clusterIds, nodes, now);
    await saveDepartments(tx, departments, now);
    const since = await saveProjects(tx, projects, names, now);
    if (since !== null) await options.onMoved(tx, since);
  });
  Object.assign(counts, { clusters: clusters.length, nodes: nodes.length, projects: projects.length });
  return clusterIds;
}

/** Buckets whose facts changed, and those around them whose classes that can change, are due again. */
async function meterAgain(tx: Tx, changes: Changes, { bucketSeconds, marginSeconds }: HistoryOptions): Promise<void> {
  for (const [clusterId, spans] of changes)
    for (const { start, end } of spans)
      await markMetered(tx, clusterId, { start: start - marginSeconds, end: end + marginSeconds }, bucketSeconds);
}

/**
 * Reads phase histories: those without which allocation cannot be told, or (`all`) any that changed.
 * A history that cannot be read is logged and tried again at the next run.
 */
export async function syncHistories(
  ctx: Ctx,
  source: FactSource,
  options: HistoryOptions,
  all: boolean,
): Promise<number> {
  const wanted = await phasesWanted(ctx.db, options.histories, ctx.now(), all, options.mostHistories);
  let read = 0;
  for (let at = 0; at < wanted.length; at += 50) {
    options.signal?.throwIfAborted();
    const part = await Promise.all(wanted.slice(at, at + 50).map((w) => history(ctx, source, w)));
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

async function history(ctx: Ctx, source: FactSource, workload: PhasesWanted) {
  try {
    return { workload, records: await source.phases(workload.id) };
  } catch (error) {
    ctx.log.warn({ workload: workload.id, error: errorText(error) }, "the workload's history could not be read");
    return null;
  }
}
