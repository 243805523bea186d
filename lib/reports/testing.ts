import type { Db } from "@/db/client.ts";
import {
  capacity,
  clusters,
  hardware,
  pods,
  projectPeaks,
  projects,
  usage,
  usageDays,
  usageProjectDays,
  usageProjects,
  workloads,
} from "@/db/schema/index.ts";
import { type Ctx, localViewer, type Viewer } from "@/lib/ctx.ts";
import { csvChunks } from "@/lib/exports/csv.ts";
import { silentLog } from "@/lib/log.ts";
import { type ProjectPeak, projectPeaks as peaksIn } from "@/lib/metering/project-peaks.ts";
import { merge, noQuantities, type Quantities } from "@/lib/metering/quantities.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { dateOf, dayKey, type Instant } from "@/lib/time.ts";
import { parseParameters } from "./parameter.ts";
import type { Quantity } from "./read/measures.ts";
import type { Period, Report } from "./report.ts";

/** A few facts in the tests' own short words; everything else of a row is filled in. */
export interface Facts {
  readonly clusters: readonly { id: string; name: string }[];
  readonly projects: readonly { key: number; cluster: string; name: string; department: string }[];
  readonly hardware: readonly { key: number; cluster: string; model: string; pool?: string }[];
  readonly workloads: readonly {
    key: number;
    cluster: string;
    project: number;
    id: string;
    name: string;
    user: string;
    category?: string;
  }[];
  readonly pods?: readonly {
    id: string;
    workload: number;
    created: Instant;
    started: Instant | null;
    ended: Instant;
    gpuMilli?: number;
  }[];
  /** Workload 0: nobody. */
  readonly usage: readonly ({ at: Instant; hardware: number; workload: number } & Partial<Record<Quantity, number>>)[];
  readonly capacity?: readonly { at: Instant; hardware: number; milli: number; overlap?: number; seconds?: number }[];
}

export const BUCKET = 3600;

/** Writes facts as sync and metering would, with the sums over projects and days of UTC that metering keeps. */
export async function seed(db: Db, facts: Facts): Promise<void> {
  const seen = { firstSeenAt: 0, lastSeenAt: 0 };
  const projectOf = new Map(facts.workloads.map((w) => [w.key, w.project]));
  const rows = facts.usage.map(({ at, hardware: hardwareKey, workload, ...given }) => ({
    key: { bucketAt: at, hardwareKey, workloadKey: workload },
    quantities: { ...noQuantities(), ...given } as Quantities,
  }));
  const byProject = sumBy(rows, ({ key }) => ({
    bucketAt: key.bucketAt,
    hardwareKey: key.hardwareKey,
    projectKey: projectOf.get(key.workloadKey) ?? 0,
  }));
  const byDay = sumBy(rows, ({ key }) => ({
    day: dayKey(dateOf(key.bucketAt, "UTC")),
    hardwareKey: key.hardwareKey,
    workloadKey: key.workloadKey,
    projectKey: projectOf.get(key.workloadKey) ?? 0,
    level: "gpu",
  }));
  const byProjectDay = sumBy(rows, ({ key }) => ({
    day: dayKey(dateOf(key.bucketAt, "UTC")),
    hardwareKey: key.hardwareKey,
    projectKey: projectOf.get(key.workloadKey) ?? 0,
  }));
  await db.write(async (tx) => {
    await tx.insert(
      clusters,
      facts.clusters.map((c) => ({ ...c, state: "Connected", ...seen })),
    );
    await tx.insert(
      projects,
      facts.projects.map((p) => projectRow(p)),
    );
    await tx.insert(
      hardware,
      facts.hardware.map((h) => ({
        key: h.key,
        clusterId: h.cluster,
        gpuModel: h.model,
        nodePool: h.pool ?? "default",
      })),
    );
    await tx.insert(
      workloads,
      facts.workloads.map((w) => workloadRow(w)),
    );
    await tx.insert(
      pods,
      (facts.pods ?? []).map((p) => podRow(p, facts)),
    );
    await tx.insert(
      usage,
      rows.map((r) => ({ ...r.key, level: "gpu", ...r.quantities })) as (typeof usage.$inferInsert)[],
    );
    await tx.insert(usageProjects, byProject as (typeof usageProjects.$inferInsert)[]);
    await tx.insert(usageProjectDays, byProjectDay as (typeof usageProjectDays.$inferInsert)[]);
    await tx.insert(projectPeaks, peaksOf(facts));
    await tx.insert(usageDays, byDay as (typeof usageDays.$inferInsert)[]);
    await tx.insert(
      capacity,
      (facts.capacity ?? []).map((c) => capacityRow(c)),
    );
  });
}

/** Of each project's pods, over the buckets that have usage. */
function peaksOf(facts: Facts): readonly ProjectPeak[] {
  const times = facts.usage.map((u) => u.at);
  const loads = facts.workloads.map(({ key, project: projectKey }) => {
    const own = (facts.pods ?? []).filter((p) => p.workload === key);
    return {
      projectKey,
      pods: own.map((p) => ({ createdAt: p.created, startedAt: p.started, endedAt: p.ended })),
      held: own.flatMap((p) =>
        p.started === null ? [] : [{ start: p.started, end: p.ended, milli: p.gpuMilli ?? 0 }],
      ),
    };
  });
  if (!times.length) return [];
  return peaksIn(loads, { start: Math.min(...times), end: Math.max(...times) + BUCKET }, BUCKET);
}

function sumBy<K extends object>(
  rows: readonly { key: { bucketAt: number; hardwareKey: number; workloadKey: number }; quantities: Quantities }[],
  keyOf: (row: (typeof rows)[number]) => K,
): unknown[] {
  const sums = new Map<string, { key: K; quantities: Quantities }>();
  for (const row of rows) {
    const key = keyOf(row);
    const text = JSON.stringify(key);
    const sum = sums.get(text) ?? { key, quantities: noQuantities() };
    merge(sum.quantities, row.quantities);
    sums.set(text, sum);
  }
  return [...sums.values()].map(({ key, quantities }) => ({ ...key, ...quantities }));
}

function projectRow(p: Facts["projects"][number]) {
  const { key, cluster: clusterId, name, department } = p;
  const rest = { departmentId: department, departmentName: department, namespace: `runai-${name}`, quota: "{}" };
  return { key, clusterId, id: `p${key}`, name, lastSeenAt: 0, ...rest };
}

function workloadRow(w: Facts["workloads"][number]) {
  const { key, cluster: clusterId, project: projectKey, id, name, user: submittedBy, category = "Train" } = w;
  const rest = { type: "Training", namespace: "", phase: "Running", priorityClass: "", nodePool: "", images: "" };
  return {
    key,
    clusterId,
    projectKey,
    id,
    name,
    submittedBy,
    category,
    createdAt: 0,
    firstSeenAt: 0,
    lastSeenAt: 0,
    ...rest,
  };
}

function podRow(p: NonNullable<Facts["pods"]>[number], facts: Facts) {
  const clusterId = facts.workloads.find((w) => w.key === p.workload)?.cluster ?? "";
  const rest = { name: p.id, node: "node-1", nodePool: "default", phase: "Running", lastSeenAt: 0 };
  const { id, workload: workloadKey, created: createdAt, started: startedAt, ended: endedAt, gpuMilli = null } = p;
  return { clusterId, id, workloadKey, createdAt, startedAt, endedAt, gpuMilli, ...rest };
}

function capacityRow({
  at,
  hardware: hardwareKey,
  milli,
  overlap = 0,
  seconds = BUCKET,
}: NonNullable<Facts["capacity"]>[number]) {
  const throughAt = at + seconds;
  return { bucketAt: at, hardwareKey, capacityMilli: milli, overlapMilli: overlap, throughAt, rulesId: "default" };
}

export function ctxOf(db: Db, now: Instant, viewer: Viewer = localViewer): Ctx {
  return { db, now: () => now, viewer, log: silentLog, ledger: testLedger() };
}

/** The pages of a report, its filters as a person gives them. */
export const loadReport = (ctx: Ctx, report: Report, period: Period, filters: Record<string, string> = {}) =>
  report.load(ctx, period, parseParameters(report, filters));

/** The CSV file of a report. */
export async function csvOf(
  ctx: Ctx,
  report: Report,
  period: Period,
  filters: Record<string, string> = {},
): Promise<string> {
  let text = "";
  for await (const chunk of csvChunks(report.columns, loadReport(ctx, report, period, filters))) text += chunk;
  return text;
}
