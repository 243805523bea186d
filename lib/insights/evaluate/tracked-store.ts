import { type Db, type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inList } from "@/db/in-list.ts";
import { inKeys } from "@/db/keys.ts";
import { hardware, insightEvents, insightExceptions, insightFindings, insightLosses } from "@/db/schema/index.ts";
import type { Evidence, RuleWords, Severity, Thresholds } from "@/lib/insights/rules/rule.ts";
import type { Instant } from "@/lib/time.ts";
import { findingId } from "./finding-id.ts";
import { closed, type DatedLoss, type Tracked } from "./track.ts";

/** What a finding is about. */
export interface FindingSubject {
  readonly subjectKind: "workload" | "hardware" | "node";
  readonly subject: string;
  readonly clusterId: string;
  readonly workloadKey: number;
  readonly projectKey: number;
}

type Row = typeof insightFindings.$inferSelect;

function trackedOf(row: Row): Tracked {
  return {
    openedAt: row.openedAt,
    sinceAt: row.sinceAt,
    lastSeenAt: row.lastSeenAt,
    endedAt: row.endedAt,
    clearCells: row.clearCells,
    clearAt: row.clearAt,
    countedAt: row.countedAt,
    episodes: JSON.parse(row.episodes) as Tracked["episodes"],
    severity: row.severity as Severity,
    evidence: JSON.parse(row.evidence) as Evidence[],
    nowMilli: row.nowMilli,
  };
}

export interface StoredFinding {
  readonly key: number;
  /** 0: not about a workload. */
  readonly workloadKey: number;
  readonly tracked: Tracked;
}

/** Findings of workloads, by workload key and rule. */
export async function loadTracked(db: Db, keys: readonly number[]): Promise<Map<string, StoredFinding>> {
  const rows = await db.all(sql`select ${columnsOf(insightFindings)} from ${insightFindings}
    where ${inKeys(db.dialect, "workload_key", keys)} and workload_key <> 0`);
  return new Map(
    rows.map((r) => [`${r.workloadKey}/${r.rule}`, { key: r.key, workloadKey: r.workloadKey, tracked: trackedOf(r) }]),
  );
}

/** Findings of a rule in a cluster, by subject. */
export async function loadTrackedOf(db: Reader, clusterId: string, rule: string): Promise<Map<string, StoredFinding>> {
  const rows = await db.all(sql`select ${columnsOf(insightFindings)} from ${insightFindings}
    where cluster_id = ${clusterId} and rule = ${rule}`);
  return new Map(rows.map((r) => [r.subject, { key: r.key, workloadKey: r.workloadKey, tracked: trackedOf(r) }]));
}

/** What an evaluation changes in one finding. */
export interface FindingChange extends FindingSubject {
  readonly rule: RuleWords;
  readonly thresholds: Thresholds;
  /** Null: it never was. */
  readonly state: Tracked | null;
  readonly losses: readonly DatedLoss[];
  /** Losses from this day on are counted again; null: they are added. */
  readonly fromDay: number | null;
}

/** Writes findings and their losses. */
export async function saveTracked(
  tx: Tx,
  changes: readonly FindingChange[],
  dayOf: (at: Instant) => number,
): Promise<void> {
  if (!changes.length) return;
  const keys = await hardwareKeys(tx);
  for (const change of changes) {
    const id = findingId(change.rule.slug, change.subjectKind, change.clusterId, change.subject);
    if (change.state === null) await forget(tx, id);
    else await saveOne(tx, id, change, change.state, keys, dayOf);
  }
}

async function hardwareKeys(tx: Tx): Promise<(clusterId: string, pool: string, model: string) => number> {
  const rows = await tx.all(sql`select ${columnsOf(hardware)} from ${hardware}`);
  const byName = new Map(rows.map((r) => [`${r.clusterId}\u0000${r.nodePool}\u0000${r.gpuModel}`, r.key]));
  return (clusterId, pool, model) => byName.get(`${clusterId}\u0000${pool}\u0000${model}`) ?? 0;
}

/** A finding that newer data takes back: it goes, unless people said something about it. */
async function forget(tx: Tx, id: string): Promise<void> {
  const row = await tx.find<{ key: number; standing: string; openedAt: number }>(
    sql`select key as "key", standing as "standing", opened_at as "openedAt" from ${insightFindings} where id = ${id}`,
  );
  if (!row) return;
  await tx.run(sql`delete from ${insightLosses} where finding_key = ${row.key}`);
  const events = await tx.find(sql`select id from ${insightEvents} where finding_key = ${row.key} limit 1`);
  if (events || row.standing)
    await tx.run(sql`update ${insightFindings} set ended_at = opened_at, episodes = '[]', now_milli = 0,
      counted_at = opened_at, clear_cells = 0, clear_at = null where key = ${row.key}`);
  else await tx.run(sql`delete from ${insightFindings} where key = ${row.key}`);
}

async function saveOne(
  tx: Tx,
  id: string,
  change: FindingChange,
  state: Tracked,
  hardwareKey: (clusterId: string, pool: string, model: string) => number,
  dayOf: (at: Instant) => number,
): Promise<void> {
  const { rule, thresholds, losses, fromDay, state: _state, ...subject } = change;
  const sums = new Map<string, { day: number; hardwareKey: number; milli: number }>();
  for (const loss of losses) {
    const day = dayOf(loss.at);
    if (fromDay !== null && day < fromDay) continue;
    const key = hardwareKey(subject.clusterId, loss.pool, loss.model);
    const sum = sums.get(`${day}/${key}`) ?? { day, hardwareKey: key, milli: 0 };
    sum.milli += loss.milliSeconds;
    sums.set(`${day}/${key}`, sum);
  }
  const most = [...sums.values()].sort((a, b) => b.milli - a.milli)[0]?.hardwareKey ?? 0;
  const row = {
    ...subject,
    id,
    rule: rule.slug,
    ruleVersion: rule.version,
    settings: JSON.stringify(thresholds),
    audience: rule.audience,
    openedAt: state.openedAt,
    sinceAt: state.sinceAt,
    lastSeenAt: state.lastSeenAt,
    endedAt: state.endedAt,
    clearCells: state.clearCells,
    clearAt: state.clearAt,
    countedAt: state.countedAt,
    episodes: JSON.stringify(state.episodes),
    severity: state.severity,
    points: state.evidence.reduce((sum, e) => sum + e.points, 0),
    evidence: JSON.stringify(state.evidence),
    nowMilli: state.nowMilli,
    ...(most ? { hardwareKey: most } : {}),
  };
  const had = await tx.find<{ key: number }>(sql`select key as "key" from ${insightFindings} where id = ${id}`);
  const people = { standing: "", standingAt: null, standingBy: "", standingReason: "", standingUntil: null };
  await tx.insert(insightFindings, [{ hardwareKey: 0, ...row, ...people }], {
    target: [insightFindings.id],
    update: Object.keys(row)
      .filter((key) => key !== "id")
      .map((key) => insightFindings[key as keyof typeof row]),
  });
  const key =
    had?.key ??
    (await tx.find<{ key: number }>(sql`select key as "key" from ${insightFindings} where id = ${id}`))?.key ??
    0;
  if (fromDay !== null)
    await tx.run(sql`delete from ${insightLosses} where finding_key = ${key} and day >= ${fromDay}`);
  for (const { day, hardwareKey: hw, milli } of sums.values())
    await tx.run(sql`insert into ${insightLosses} (finding_key, day, hardware_key, milli)
      values (${key}, ${day}, ${hw}, ${milli})
      on conflict (finding_key, day, hardware_key) do update set milli = insight_losses.milli + excluded.milli`);
}

/**
 * Ends open findings whose rule is switched off, or no longer exists, where their loss is counted up to: nothing would
 * ever end them.
 * @param inForce slugs of the rules that judge.
 */
export async function endWithoutRule(db: Db, clusterId: string, inForce: readonly string[]): Promise<void> {
  const open = sql`cluster_id = ${clusterId} and ended_at is null and rule not in ${inList(inForce)}`;
  const found = await db.find(sql`select key from ${insightFindings} where ${open} limit 1`);
  if (!found) return;
  await db.write(async (tx) => {
    const rows = await tx.all(sql`select ${columnsOf(insightFindings)} from ${insightFindings} where ${open}`);
    for (const row of rows) {
      const { episodes, endedAt } = closed(trackedOf(row), row.countedAt);
      await tx.run(sql`update ${insightFindings} set ended_at = ${endedAt}, episodes = ${JSON.stringify(episodes)}, now_milli = 0,
        clear_cells = 0, clear_at = null where key = ${row.key}`);
    }
  });
}

export interface ExceptionRow {
  readonly rule: string;
  readonly kind: string;
  readonly pattern: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
}

export const listExceptionRows = (db: Reader): Promise<ExceptionRow[]> =>
  db.all<ExceptionRow>(sql`select rule as "rule", kind as "kind", pattern as "pattern", created_at as "createdAt",
    expires_at as "expiresAt" from ${insightExceptions}`);
