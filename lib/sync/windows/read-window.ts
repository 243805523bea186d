import { type Reader, sql } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { nodes, pods, workloads } from "@/db/schema/index.ts";
import { AppError, errorText } from "@/lib/errors.ts";
import { isUnreachable } from "@/lib/sources/failure.ts";
import type { Answer, Detail, Missing, Series, Source, UnitVerdict } from "@/lib/sources/source.ts";
import { listClusters } from "@/lib/sync/facts/cluster-store.ts";
import { episodesWithin } from "@/lib/sync/facts/episode-store.ts";
import { loadUnits } from "@/lib/sync/samples/unit-store.ts";
import type { Sources } from "@/lib/sync/sources.ts";
import { ceilTo, floorTo, type Interval, intersect, subtract, union } from "@/lib/time.ts";
import { loadFinder } from "./finder.ts";
import type { Gap } from "./gap-change.ts";
import { mayHold } from "./plan.ts";
import type { SourceWindow } from "./window.ts";
import type { WindowStatus } from "./window-store.ts";

/** The result of reading one window. */
export interface Reading {
  readonly window: SourceWindow;
  readonly status: Extract<WindowStatus, "fetched" | "partial" | "failed" | "no-data">;
  readonly series: readonly Series[];
  readonly gaps: readonly Gap[];
  /** Units that values prove. */
  readonly units?: readonly UnitVerdict[];
  readonly error: string;
  /** The source did not respond at all: sending more requests now is pointless. */
  readonly unreachable: boolean;
}

/** Time without a sample of any card is a gap if it is longer than this many steps. */
const GAP_STEPS = 2.5;
const LEAST_GAP_SECONDS = 60;
/**
 * The metric without which time cannot be classed: its absence is a gap. Without the others there is only less detail.
 */
const NEEDED = "gpu_utilisation_percent";

/** Reads a window from its source. Never throws for a failure of the source: that is a reading with its cause. */
export async function readWindow(db: Reader, sources: Sources, window: SourceWindow, detail: Detail): Promise<Reading> {
  const source = sources.byName(window.source);
  if (!source) return failedReading(db, window, `The source "${window.source}" is no longer configured.`, false);
  try {
    return window.subject === ""
      ? await readWhole(db, sources, source, window, detail)
      : await readSubject(db, source, window);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return failedReading(db, window, errorText(error), isUnreachable(error));
  }
}

/** The reading of a window that failed: a gap for the time in which there was something to read. */
export async function failedReading(
  db: Reader,
  window: SourceWindow,
  cause: string,
  unreachable: boolean,
): Promise<Reading> {
  const active = window.subject === "" ? window : await activeTime(db, window);
  const gaps = active ? [{ subject: window.subject, start: active.start, end: active.end, cause }] : [];
  return { window, status: "failed", series: [], gaps, error: cause, unreachable };
}

const answered = { unreachable: false } as const;

/** The error for a window that its source can no longer read, because the settings changed since it was planned. */
const otherwise = ({ title }: Source) =>
  new AppError("source_unavailable", `${title} no longer provides samples in this form.`);

/** The clusters whose samples a source is asked for. */
async function coveredBy(db: Reader, sources: Sources, source: Source): Promise<ReadonlySet<string>> {
  const clusters = await listClusters(db);
  return new Set(clusters.filter((c) => sources.providerOf("samples", c)?.source === source).map(({ id }) => id));
}

async function readWhole(
  db: Reader,
  sources: Sources,
  source: Source,
  window: SourceWindow,
  detail: Detail,
): Promise<Reading> {
  const { samples } = source.read;
  if (samples?.by !== "window") throw otherwise(source);
  const finder = await loadFinder(
    db,
    { start: window.start - window.stepSeconds, end: window.end },
    { source: source.name, covered: await coveredBy(db, sources, source) },
  );
  const units = await loadUnits(db, source.name);
  const answer = await samples.series(window, window.stepSeconds, finder, detail, units);
  const series = answer.value.filter((s) => s.clusterId === window.clusterId || window.clusterId === "");
  const hold = Math.floor(window.stepSeconds * GAP_STEPS);
  const seen = union(
    series.filter((s) => s.metric === NEEDED).flatMap((s) => s.at.map((at) => ({ start: at, end: at + hold }))),
  );
  // Why time without a sample has none, where the source knows it.
  const known = answer.missing.find((m) => m.kind === "no-data" && m.subject === "" && m.metric === "");
  const cause = known?.cause ?? "no card gave a sample";
  const gaps = [
    ...silences(seen, [window], hold).map((i) => ({ subject: "", ...i, cause })),
    ...missingGaps(
      window,
      answer.missing.filter((m) => m !== known),
    ),
  ];
  const partial = answer.missing.some((m) => m.metric === NEEDED);
  // Series of pods are not enough: the samples of the cards may only be late.
  const whole = series.some((s) => s.subjectKind !== "pod") && !gaps.some((g) => g.subject === "");
  const status = partial ? "partial" : whole ? "fetched" : "no-data";
  const error = answer.missing[0]?.cause ?? "";
  return { window, status, series, gaps, units: answer.units ?? [], error, ...answered };
}

/** The parts of the expected time without a sample for longer than samples hold. */
function silences(seen: readonly Interval[], expected: readonly Interval[], hold: number): Interval[] {
  const least = Math.max(hold, LEAST_GAP_SECONDS);
  return expected.flatMap((e) => subtract(e, seen)).filter((i) => i.end - i.start > least);
}

function missingGaps(window: SourceWindow, missing: readonly Missing[]): Gap[] {
  const bySubject = new Map(missing.map((m) => [m.subject, m]));
  return [...bySubject.values()].map((m) => ({
    subject: m.subject || "(all)",
    start: window.start,
    end: window.end,
    cause: causeOf(m),
  }));
}

const causeOf = (m: Missing) => (m.metric ? `${m.metric}: ${m.cause}` : m.cause);

async function readSubject(db: Reader, source: Source, window: SourceWindow): Promise<Reading> {
  const active = await activeTime(db, window);
  if (!active) return { window, status: "fetched", series: [], gaps: [], error: "", ...answered };
  const answer = await ask(db, source, window, active);
  const unanswered = answer.missing.filter((m) => m.metric !== "" && m.kind === "failed");
  const lacking = active.gpus ? answer.missing.filter((m) => m.metric === NEEDED) : [];
  const gaps = subjectGaps(window, active, answer.value, [...lacking, ...unanswered]);
  const status = unanswered.length ? "partial" : gaps.length ? "no-data" : "fetched";
  const error = [...unanswered, ...lacking][0];
  return { window, status, series: answer.value, gaps, error: error && gaps.length ? causeOf(error) : "", ...answered };
}

/**
 * A metric that is missing altogether leaves a gap of the whole time; one that was read leaves gaps where it has no
 * samples.
 */
function subjectGaps(
  window: SourceWindow,
  active: Active,
  series: readonly Series[],
  lacking: readonly Missing[],
): Gap[] {
  const { subject, stepSeconds } = window;
  const short = active.end - active.start < 2 * stepSeconds;
  const first = lacking.find((m) => !short || m.kind === "failed");
  if (first) return [{ subject, start: active.start, end: active.end, cause: causeOf(first) }];
  if (!active.held || short || lacking.length) return [];
  const hold = Math.floor(stepSeconds * GAP_STEPS);
  const seen = union(
    series.filter((s) => s.metric === NEEDED).flatMap((s) => s.at.map((at) => ({ start: at, end: at + hold }))),
  );
  return silences(seen, active.held, hold).map((i) => ({
    subject,
    ...i,
    cause: `no sample of ${NEEDED}`,
  }));
}

/** The two parts of a subject such as `workload/<id>`. */
function subjectOf({ subject }: SourceWindow): { kind: string; id: string } {
  const at = subject.indexOf("/");
  return { kind: subject.slice(0, at), id: subject.slice(at + 1) };
}

async function ask(db: Reader, source: Source, window: SourceWindow, active: Interval): Promise<Answer<Series[]>> {
  const { clusterId, stepSeconds } = window;
  const { kind, id } = subjectOf(window);
  const { totals, samples } = source.read;
  if (kind === "cluster") {
    if (!totals) throw otherwise(source);
    return totals(clusterId, active, stepSeconds);
  }
  if (!samples || samples.by === "window") throw otherwise(source);
  if (kind === "workload") return samples.workload(clusterId, id, active, stepSeconds);
  if (kind === "node") {
    const node = await db.find(
      sql`select ${columnsOf(nodes, ["nodeId"])} from ${nodes} where cluster_id = ${clusterId} and name = ${id}`,
    );
    return samples.node(clusterId, node?.nodeId ?? id, id, active, stepSeconds);
  }
  const pod = await db.find<{ workload: string }>(
    sql`select w.id as workload from ${pods} p join ${workloads} w on w.key = p.workload_key where p.cluster_id = ${clusterId} and p.id = ${id}`,
  );
  return samples.pod(clusterId, pod?.workload ?? "", id, active, stepSeconds);
}

/**
 * SQL: GPUs of a pod `p` of a workload `w` in milli-GPU, as far as they are known before metering; a share that is asked
 * for as memory, MIG profile or claim counts as one card.
 */
const gpusAsked = sql`(case when p.gpu_milli > 0 then p.gpu_milli
  when p.gpu_resources <> '' or p.gpu_memory_request_mib > 0 then 1000
  when p.gpu_milli is null and (w.gpu_resources <> '' or w.gpu_memory_request_mib > 0) then 1000
  else coalesce(p.gpu_milli, w.gpu_request_milli, 0) end)`;

interface Active extends Interval {
  /** Whether it held GPUs and must therefore have utilisation. */
  readonly gpus: boolean;
  /** When it certainly held GPUs; null where that is not known to the second. */
  readonly held: readonly Interval[] | null;
}

/**
 * The part of a window in which a workload or pod ran, widened to whole steps: the rest is not requested. Null if it
 * did not run.
 */
async function activeTime(db: Reader, window: SourceWindow): Promise<Active | null> {
  const { kind, id } = subjectOf(window);
  const whole = { start: window.start, end: window.end };
  if (kind === "cluster" || kind === "node") return { ...whole, gpus: kind === "node", held: null };
  const which = kind === "pod" ? sql`p.id = ${id}` : sql`w.id = ${id}`;
  type Row = Interval & { gpus: number; startedAt: number | null };
  const rows =
    await db.all<Row>(sql`select ${mayHold("p.")} as "start", p.started_at as "startedAt", p.ended_at as "end",
    ${gpusAsked} as gpus from ${workloads} w
    join ${pods} p on p.workload_key = w.key where w.cluster_id = ${window.clusterId} and ${which}
    and ${mayHold("p.")} is not null`);
  const ran = rows.flatMap(({ startedAt, gpus, ...life }) => {
    const part = intersect(life, window);
    // Before a container started it may have held GPUs; without samples that is no gap.
    const sure = startedAt === null ? null : intersect({ ...life, start: startedAt }, window);
    return part ? [{ ...part, gpus, sure }] : [];
  });
  if (ran.length) return activeOf(window, ran);
  if (kind === "pod") return null;
  // No pod covers this time: the phase history does, if it was read.
  const episodes = await episodesWithin(db, window.clusterId, id, window);
  if (episodes === null) return rows.length ? null : { ...whole, gpus: false, held: null };
  const workload = await db.find<{ gpus: number | null }>(
    sql`select gpu_request_milli as gpus from ${workloads} where cluster_id = ${window.clusterId} and id = ${id}`,
  );
  const gpus = workload?.gpus ?? 1;
  return episodes.length
    ? activeOf(
        window,
        episodes.map((e) => ({ ...e, gpus, sure: e })),
      )
    : null;
}

function activeOf(window: SourceWindow, ran: readonly (Interval & { gpus: number; sure: Interval | null })[]): Active {
  return {
    start: Math.max(window.start, floorTo(Math.min(...ran.map((p) => p.start)), window.stepSeconds)),
    end: Math.min(window.end, ceilTo(Math.max(...ran.map((p) => p.end)), window.stepSeconds)),
    gpus: ran.some((r) => r.gpus > 0),
    held: union(ran.flatMap((r) => (r.gpus > 0 && r.sure ? [r.sure] : []))),
  };
}
