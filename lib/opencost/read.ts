import { listClusterNames, listRules } from "@/lib/attribution/rule-store.ts";
import { listTeams } from "@/lib/attribution/team-store.ts";
import { allow } from "@/lib/auth/allow.ts";
import { listClosedDays } from "@/lib/charges/due-store.ts";
import { closedAt } from "@/lib/costs/file.ts";
import { importCosts, readCosts } from "@/lib/costs/import.ts";
import { findImport } from "@/lib/costs/store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { counted } from "@/lib/format.ts";
import { periodOfInstant } from "@/lib/periods/calendar.ts";
import { readOutside, type Visit } from "@/lib/readings/index.ts";
import type { CostPart, NamespaceCost } from "@/lib/sources/namespace-cost.ts";
import type { OpenSource } from "@/lib/sources/source.ts";
import { addDays, dateOf, dateOfKey, dayKey, dayOfKey, HOUR, type Instant } from "@/lib/time.ts";
import { costFile, importName, teamNamer, unknownSince } from "./lines.ts";
import { listNamespaceDays, listProjects, listReadDays, saveDay } from "./store.ts";
import type { NamespaceDay } from "./types.ts";

export const OPENCOST_READING = "opencost";

/** Its own price per hour is corrected for as long after a day. */
const SETTLED = 27 * HOUR;
/** A day is read this long after its end: Prometheus may lag. */
const AFTER = 3 * HOUR;
/** Prometheus keeps 15 days unless it is set up otherwise. */
const DAYS_BACK = 14;
/** Days that one reading may ask for. */
const MOST_DAYS = 400;

export interface OpencostMeans {
  readonly source: Pick<OpenSource<"costs">, "read" | "clusters">;
  /** Of OpenCost's amounts. */
  readonly currency: string;
  /** Empty: all. */
  readonly parts: readonly CostPart[];
}

export interface ReadDay {
  readonly day: number;
  readonly clusterId: string;
  /** Namespaces; 0: nothing was stored. */
  readonly namespaces: number;
  /** Cost lines that were imported; null: none, and `notes` say why where it is not that nothing changed. */
  readonly lines: number | null;
  readonly notes: readonly string[];
}

export interface ReadOpencost {
  readonly days: readonly ReadDay[];
  readonly detail: string;
}

/**
 * Reads what namespaces cost on days that are over, keeps it for comparison, and imports everything but GPU cost as cost lines. Without
 * `from` and `until`: the days of the last two weeks that were never read, or were read before they had settled. A day of which OpenCost
 * has nothing, or not all, keeps what is there.
 * @returns null while another process reads. @throws AppError `forbidden`, `invalid`, `source_unavailable`.
 */
export async function readOpencost(
  ctx: Ctx,
  means: OpencostMeans,
  given: { readonly from?: number | undefined; readonly until?: number | undefined } = {},
): Promise<ReadOpencost | null> {
  allow(ctx.viewer, "costs.import");
  const cluster = await onlyCluster(ctx, means);
  const wanted = await daysToRead(ctx, cluster.id, given);
  if (wanted.length === 0) return { days: [], detail: "Every day is read." };
  return readOutside(ctx, OPENCOST_READING, async (visit) => {
    const days: ReadDay[] = [];
    const refused: AppError[] = [];
    for (const day of wanted)
      days.push(await readDay(ctx, means, cluster, day, visit).catch(keptOf(day, cluster.id, refused)));
    // What refuses every day is no matter of one of them.
    if (refused[0] && refused.length === wanted.length) throw refused[0];
    const stored = days.filter((d) => d.namespaces > 0);
    const lines = days.reduce((sum, d) => sum + (d.lines ?? 0), 0);
    const notes = [...new Set(days.flatMap((d) => d.notes))].slice(0, 5);
    const detail = `${counted(stored.length, "day")} of ${wanted.length} read, ${counted(lines, "cost line")} imported.`;
    return { days, detail: [detail, ...notes].join(" ") };
  });
}

/** A day whose cost lines are refused keeps what is there and stays due; the others are read all the same. @throws whatever else went wrong. */
const keptOf =
  (day: number, clusterId: string, refused: AppError[]) =>
  (error: unknown): ReadDay => {
    if (!(error instanceof AppError) || (error.code !== "conflict" && error.code !== "invalid")) throw error;
    refused.push(error);
    return { day, clusterId, namespaces: 0, lines: null, notes: [`${dateOfKey(day)}: ${error.message}`] };
  };

/** The cluster that OpenCost watches: the one of the setting, or the only one there is. */
async function onlyCluster(ctx: Ctx, { source }: OpencostMeans): Promise<{ id: string; name: string }> {
  const clusters = (await listClusterNames(ctx.db)).filter((c) => source.clusters?.includes(c.id) ?? true);
  const [only] = clusters;
  if (only && clusters.length === 1) return only;
  throw new AppError(
    "invalid",
    only
      ? "There are several clusters: set OPENCOST_CLUSTER to the id of the one that OpenCost watches."
      : "No cluster has the id of OPENCOST_CLUSTER, or nothing was synced yet.",
  );
}

async function daysToRead(
  ctx: Ctx,
  clusterId: string,
  { from, until }: { readonly from?: number | undefined; readonly until?: number | undefined },
): Promise<number[]> {
  const { zone } = ctx.ledger;
  const today = dayKey(dateOf(ctx.now(), zone));
  const first = from ?? addDays(today, -DAYS_BACK);
  const end = Math.min(until ?? today, today);
  const read = await listReadDays(ctx.db, clusterId, first);
  const out: number[] = [];
  for (let day = first; day < end; day = addDays(day, 1)) {
    if (from === undefined && !isDue(dayOfKey(day, zone).end, read.get(day), ctx.now())) continue;
    out.push(day);
    if (out.length > MOST_DAYS) throw new AppError("invalid", `At most ${MOST_DAYS} days are read at once.`);
  }
  return out;
}

/** @param end of the day. @param readAt when it was read; undefined: never. */
function isDue(end: Instant, readAt: Instant | undefined, now: Instant): boolean {
  if (now < end + AFTER) return false;
  return readAt === undefined || (readAt < end + SETTLED && now >= end + SETTLED);
}

async function readDay(
  ctx: Ctx,
  means: OpencostMeans,
  cluster: { id: string; name: string },
  day: number,
  visit: Visit,
): Promise<ReadDay> {
  const { start, end } = dayOfKey(day, ctx.ledger.zone);
  await visit.count();
  const { value, missing } = await means.source.read.costs({ start, end });
  const notes = missing.map((m) => `${dateOfKey(day)}: ${m.cause}`);
  const head = { day, clusterId: cluster.id };
  // What is missing of the whole answer makes all of it less than it is.
  if (value.length === 0 || missing.some((m) => m.subject === ""))
    return { ...head, namespaces: 0, lines: null, notes };
  const rows = value.map((row) => rowOf(row, cluster.id, day, means.currency, ctx.now()));
  const before = (await listNamespaceDays(ctx.db, day, addDays(day, 1))).filter((row) => row.clusterId === cluster.id);
  const lost = unknownSince(before, rows, means.parts, new Set(missing.map((m) => m.subject)));
  if (lost.length > 0)
    return {
      ...{ ...head, namespaces: 0, lines: null },
      notes: [
        ...notes,
        `${dateOfKey(day)}: kept as it was, for OpenCost no longer says all of ${lost.slice(0, 3).join(", ")}.`,
      ],
    };
  const imported = await importDay(ctx, means, cluster, day, rows);
  await ctx.db.write((tx) => saveDay(tx, cluster.id, day, rows));
  return { ...head, namespaces: rows.length, lines: imported.lines, notes: [...notes, ...imported.notes] };
}

const rowOf = (
  { namespace, parts, gpuMicros, gpuMilliHours }: NamespaceCost,
  clusterId: string,
  day: number,
  currency: string,
  readAt: Instant,
): NamespaceDay => ({
  ...{ clusterId, day, namespace, currency, readAt, gpuMicros, gpuMilliHours },
  ...{ cpuMicros: parts.cpu, memoryMicros: parts.memory, storageMicros: parts.storage, networkMicros: parts.network },
  loadBalancerMicros: parts["load-balancer"],
});

/** @returns how many lines were imported, and why none were. @throws AppError as importCosts, so that the day stays due. */
async function importDay(
  ctx: Ctx,
  { parts }: OpencostMeans,
  cluster: { id: string; name: string },
  day: number,
  rows: readonly NamespaceDay[],
): Promise<{ readonly lines: number | null; readonly notes: readonly string[] }> {
  const [rules, projects, teams, closed] = await Promise.all([
    listRules(ctx.db),
    listProjects(ctx.db),
    listTeams(ctx.db),
    listClosedDays(ctx.db),
  ]);
  if (closedAt(closed, { fromDay: day, untilDay: addDays(day, 1) }))
    return {
      lines: null,
      notes: [`${dateOfKey(day)} is in a closed period: kept to compare, and not imported as cost.`],
    };
  const { text, lines } = costFile(rows, parts, teamNamer(rules, projects, teams, day));
  if (lines === 0) return { lines: null, notes: [`${dateOfKey(day)}: nothing of it costs anything.`] };
  const { currency, zone: billingTimeZone, calendar } = ctx.ledger;
  const place = { currency, billingTimeZone, openUntilDay: periodOfInstant(ctx.now(), calendar).untilDay };
  // A namespace may be called like a GPU: no line is of GPU time.
  const request = { name: importName(cluster.name, day), text, withGpus: true, overlap: "replace" } as const;
  const { hash } = await readCosts(ctx, request, place);
  if (await findImport(ctx.db, hash)) return { lines: null, notes: [] };
  return { lines: (await importCosts(ctx, request, place)).lines, notes: [] };
}
