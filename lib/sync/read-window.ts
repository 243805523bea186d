import { type Reader, sql } from "@/db/client";
import { nodes, pods, workloads } from "@/db/schema";
import { AppError, errorText } from "@/lib/errors";
import { NO_DATA } from "@/lib/sources/runai";
import type { Detail, Missing, Series } from "@/lib/sources/source";
import { ceilTo, floorTo, type Interval, intersect, subtract, union } from "@/lib/time";
import { loadFinder } from "./finder.ts";
import type { Gap } from "./gap-store.ts";
import type { Sources } from "./sources.ts";
import type { Window, WindowStatus } from "./window-store.ts";

/** What reading one window gave. */
export interface Reading {
  readonly window: Window;
  readonly status: Extract<WindowStatus, "fetched" | "partial" | "failed" | "no-data">;
  readonly series: readonly Series[];
  readonly gaps: readonly Gap[];
  readonly error: string;
}

/** A stretch without any card's sample is a gap when it is longer than this many steps. */
const GAP_STEPS = 2.5;
const LEAST_GAP_SECONDS = 60;
/** Metrics without which time cannot be classed: their absence is a gap; of others it is only less detail. */
const NEEDED = /gpu_util/i;

/** Asks the source of a window for it. Never throws for what a peer does: a failure is a reading, with its cause. */
export async function readWindow(db: Reader, sources: Sources, window: Window, detail: Detail): Promise<Reading> {
  try {
    return window.subject === "" && window.source === sources.bulk?.name
      ? await readBulk(db, sources, window, detail)
      : await readSubject(db, sources, window);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const gaps = [{ subject: window.subject, start: window.start, end: window.end, cause: errorText(error) }];
    return { window, status: "failed", series: [], gaps, error: errorText(error) };
  }
}

async function readBulk(db: Reader, sources: Sources, window: Window, detail: Detail): Promise<Reading> {
  const finder = await loadFinder(db, { start: window.start - window.stepSeconds, end: window.end });
  const answer = await (sources.bulk as NonNullable<Sources["bulk"]>).series(
    window,
    window.stepSeconds,
    finder,
    detail,
  );
  const series = answer.value.filter((s) => s.clusterId === window.clusterId || window.clusterId === "");
  const hold = Math.floor(window.stepSeconds * GAP_STEPS);
  const seen = union(
    series
      .filter((s) => s.metric === "gpu_utilisation_percent")
      .flatMap((s) => s.at.map((at) => ({ start: at, end: at + hold }))),
  );
  const least = Math.max(hold, LEAST_GAP_SECONDS);
  const silent = subtract(window, seen).filter((i) => i.end - i.start > least);
  const gaps = [
    ...silent.map((i) => ({ subject: "", ...i, cause: "no card gave a sample" })),
    ...missingGaps(window, answer.missing),
  ];
  const partial = answer.missing.some((m) => NEEDED.test(m.metric));
  const status = series.length === 0 ? "no-data" : partial ? "partial" : "fetched";
  return { window, status, series, gaps, error: answer.missing[0]?.cause ?? "" };
}

function missingGaps(window: Window, missing: readonly Missing[]): Gap[] {
  const bySubject = new Map(missing.map((m) => [m.subject, m]));
  return [...bySubject.values()].map((m) => ({
    subject: m.subject || "(all)",
    start: window.start,
    end: window.end,
    cause: m.metric ? `${m.metric}: ${m.cause}` : m.cause,
  }));
}

async function readSubject(db: Reader, sources: Sources, window: Window): Promise<Reading> {
  const [kind, ...rest] = window.subject.split("/");
  const id = rest.join("/");
  const active = await activeSpan(db, window, kind ?? "", id);
  if (!active) return { window, status: "fetched", series: [], gaps: [], error: "" };
  const answer = await ask(db, sources, window, kind ?? "", id, active);
  const short = active.end - active.start < 2 * window.stepSeconds;
  const lacking = active.gpus && !short ? answer.missing.filter((m) => NEEDED.test(m.metric)) : [];
  const gaps = lacking
    .slice(0, 1)
    .map((m) => ({ subject: window.subject, start: active.start, end: active.end, cause: `${m.metric}: ${m.cause}` }));
  // "No data" is the peer's whole answer; anything else means that it did not answer whole.
  const silent = lacking.every((m) => m.cause === NO_DATA);
  const status = lacking.length === 0 ? "fetched" : silent ? "no-data" : "partial";
  return { window, status, series: answer.value, gaps, error: lacking[0]?.cause ?? "" };
}

async function ask(db: Reader, sources: Sources, window: Window, kind: string, id: string, active: Interval) {
  const { clusterId, stepSeconds } = window;
  if (kind === "cluster") return sources.facts.clusterSeries(clusterId, active, stepSeconds);
  if (kind === "workload") return sources.facts.workloadSeries(clusterId, id, active, stepSeconds);
  if (kind === "node") {
    const node = await db.find<{ nodeId: string }>(
      sql`select node_id as "nodeId" from ${nodes} where cluster_id = ${clusterId} and name = ${id}`,
    );
    return sources.facts.nodeSeries(clusterId, node?.nodeId ?? id, id, active, stepSeconds);
  }
  const pod = await db.find<{ workload: string }>(
    sql`select w.id as workload from ${pods} p join ${workloads} w on w.key = p.workload_key where p.cluster_id = ${clusterId} and p.id = ${id}`,
  );
  return sources.facts.podSeries(clusterId, pod?.workload ?? "", id, active, stepSeconds);
}

/** The part of a window in which a workload or pod ran, in whole steps, and whether it held GPUs: nothing is asked about the rest. */
async function activeSpan(
  db: Reader,
  window: Window,
  kind: string,
  id: string,
): Promise<(Interval & { gpus: boolean }) | null> {
  if (kind === "cluster" || kind === "node") return { start: window.start, end: window.end, gpus: kind === "node" };
  const which = kind === "pod" ? sql`p.id = ${id}` : sql`w.id = ${id}`;
  const rows = await db.all<Interval & { gpus: number }>(sql`select p.started_at as "start", p.ended_at as "end",
    coalesce(p.gpu_milli, w.gpu_request_milli, 0) as gpus from ${workloads} w
    join ${pods} p on p.workload_key = w.key where w.cluster_id = ${window.clusterId} and ${which} and p.started_at is not null`);
  if (!rows.length) return { start: window.start, end: window.end, gpus: true };
  const parts = rows.flatMap((r) => intersect(r, window) ?? []);
  if (!parts.length) return null;
  const start = Math.min(...parts.map((p) => p.start));
  const end = Math.max(...parts.map((p) => p.end));
  return {
    start: Math.max(window.start, floorTo(start, window.stepSeconds)),
    end: Math.min(window.end, ceilTo(end, window.stepSeconds)),
    gpus: rows.some((r) => r.gpus > 0),
  };
}
