import { type Reader, sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { inKeys } from "@/db/keys.ts";
import {
  charges,
  clusters,
  insightEvents,
  insightFindings,
  insightLosses,
  projects,
  teams,
  workloads,
} from "@/db/schema/index.ts";
import { allow } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { RULES, ruleOf } from "@/lib/insights/rules/index.ts";
import type { Evidence, Severity } from "@/lib/insights/rules/rule.ts";
import { priceFraction, sumExactly } from "@/lib/money.ts";
import type { Instant } from "@/lib/time.ts";
import { resolvedAt, stateOf } from "./life.ts";
import { listNotices } from "./notices-store.ts";
import { countReplies, type Replies, type Said } from "./replies.ts";
import type { FindingEvent, FindingRow, FindingState } from "./types.ts";
import { visibleFindings } from "./visible-store.ts";

export interface FindingFilter {
  /** Findings with an episode within this time. */
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
  readonly rules?: readonly string[] | undefined;
  readonly group?: string | undefined;
  readonly states?: readonly FindingState[] | undefined;
  readonly teamKey?: number | undefined;
  readonly projectKey?: number | undefined;
  readonly workloadKey?: number | undefined;
  readonly workloadId?: string | undefined;
  readonly user?: string | undefined;
  readonly id?: string | undefined;
  /** Whether to look for states that people act on alone: what ended is left out. */
  readonly live?: boolean | undefined;
}

type Stored = typeof insightFindings.$inferSelect & {
  readonly name: string | null;
  readonly workloadId: string | null;
  readonly category: string | null;
  readonly type: string | null;
  readonly namespace: string | null;
  readonly phase: string | null;
  readonly project: string | null;
  readonly user: string | null;
  readonly cluster: string | null;
  readonly source: string | null;
  readonly teamKey: number | null;
  readonly team: string | null;
};

const COLUMNS = sql.raw(
  [
    "key",
    "id",
    "rule",
    "rule_version",
    "settings",
    "audience",
    "subject_kind",
    "subject",
    "cluster_id",
    "workload_key",
    "project_key",
    "opened_at",
    "since_at",
    "last_seen_at",
    "ended_at",
    "episodes",
    "severity",
    "points",
    "evidence",
    "now_milli",
    "hardware_key",
    "standing",
    "standing_at",
    "standing_by",
    "standing_reason",
    "standing_until",
  ]
    .map((c) => `f.${c} as "${c.replace(/_(.)/g, (_, l: string) => l.toUpperCase())}"`)
    .join(", "),
);

/** The team of the newest charge of a finding's workload; of capacity, the platform. */
const TEAM = sql`case when f.workload_key = 0 then 1 else
  (select c.team_key from ${charges} c where c.workload_key = f.workload_key order by c.day desc limit 1) end`;

/**
 * Findings that the viewer may see, the dearest at present first, then by what they lost.
 * @throws AppError `forbidden`.
 */
export async function listFindings(ctx: Ctx, filter: FindingFilter = {}): Promise<FindingRow[]> {
  allow(ctx.viewer, "findings.read");
  const rules = filter.group ? RULES.filter((r) => r.group === filter.group).map((r) => r.slug) : filter.rules;
  const rows = await ctx.db.all<Stored>(sql`select x.*, t.name as "team" from (
    select ${COLUMNS}, w.name as "name", w.id as "workloadId", w.category as "category", w.type as "type", w.namespace as "namespace",
      w.phase as "phase", p.name as "project", w.submitted_by as "user", coalesce(k.name, f.cluster_id) as "cluster", k.source as "source",
      ${TEAM} as "teamKey"
    from ${insightFindings} f
    left join ${workloads} w on w.key = f.workload_key and w.key <> 0
    left join ${projects} p on p.key = f.project_key and p.key <> 0
    left join ${clusters} k on k.id = f.cluster_id
    where true ${visibleFindings(ctx.viewer)}
      ${rules ? sql`and f.rule in ${inList(rules)}` : sql``}
      ${filter.live ? sql`and f.ended_at is null` : sql``}
      ${filter.from === undefined ? sql`` : sql`and (f.ended_at is null or f.ended_at >= ${filter.from})`}
      ${filter.projectKey === undefined ? sql`` : sql`and f.project_key = ${filter.projectKey}`}
      ${filter.workloadKey === undefined ? sql`` : sql`and f.workload_key = ${filter.workloadKey}`}
      ${filter.workloadId === undefined ? sql`` : sql`and w.id = ${filter.workloadId}`}
      ${filter.user === undefined ? sql`` : sql`and w.submitted_by = ${filter.user}`}
      ${filter.id === undefined ? sql`` : sql`and f.id = ${filter.id}`}) x
    left join ${teams} t on t.key = x."teamKey"`);
  const now = ctx.now();
  const chosen = rows.filter(
    (r) =>
      (filter.teamKey === undefined || r.teamKey === filter.teamKey) &&
      (!filter.states || filter.states.includes(stateOf(r, now))) &&
      overlaps(r, filter),
  );
  const losses = await loadLosses(
    ctx,
    chosen.map((r) => r.key),
  );
  return chosen
    .map((r) => rowOf(r, losses.get(r.key), now))
    .sort(
      (a, b) =>
        (b.hourMicros ?? 0) - (a.hourMicros ?? 0) ||
        b.nowMilli - a.nowMilli ||
        b.lostMilli - a.lostMilli ||
        (a.id < b.id ? -1 : 1),
    );
}

function overlaps(row: Stored, { from, to }: FindingFilter): boolean {
  if (from === undefined && to === undefined) return true;
  const episodes = JSON.parse(row.episodes) as FindingRow["episodes"];
  return episodes.some(
    ([start, end]) => start < (to ?? Number.POSITIVE_INFINITY) && (end ?? Number.POSITIVE_INFINITY) >= (from ?? 0),
  );
}

interface Lost {
  readonly milli: number;
  /** Null: a part of it has no price. */
  readonly micros: number | null;
  /** Of the newest day: an amount for a quantity. */
  readonly rate: { readonly micros: number; readonly quantity: number } | null;
}

/** What findings lost: each day at what its workload was charged that day, so that a loss is never above the charge. */
async function loadLosses({ db }: Ctx, keys: readonly number[]): Promise<Map<number, Lost>> {
  interface Row {
    readonly findingKey: number;
    readonly milli: number;
    readonly amount: number | null;
    readonly quantity: number | null;
  }
  const charge = (column: string) => sql`(select cast(sum(c.${sql.raw(column)}) as bigint) from ${charges} c
    where c.workload_key = f.workload_key and c.day = l.day and c.hardware_key = l.hardware_key and c.sku = 'gpu')`;
  const rows = await db.all<Row>(sql`select l.finding_key as "findingKey", l.milli as "milli",
    ${charge("amount_micros")} as "amount", ${charge("quantity")} as "quantity"
    from ${insightLosses} l join ${insightFindings} f on f.key = l.finding_key
    where ${inKeys(db.dialect, "l.finding_key", keys)} order by l.finding_key, l.day, l.milli`);
  const out = new Map<number, Lost>();
  for (const [key, own] of Map.groupBy(rows, (r) => r.findingKey)) {
    const priced = own.map((r) => (r.quantity ? priceFraction(r.amount ?? 0, r.milli, r.quantity) : null));
    const last = own.findLast((r) => r.quantity);
    out.set(key, {
      milli: own.reduce((sum, r) => sum + r.milli, 0),
      micros: priced.some((p) => p === null) ? null : sumExactly(priced.filter((p) => p !== null)),
      rate: last?.quantity ? { micros: last.amount ?? 0, quantity: last.quantity } : null,
    });
  }
  return out;
}

function rowOf(row: Stored, lost: Lost | undefined, now: Instant): FindingRow {
  const rule = ruleOf(row.rule);
  const rate = lost?.rate;
  return {
    ...{ key: row.key, id: row.id, rule: row.rule, ruleVersion: row.ruleVersion, ruleTitle: rule.title },
    ...{ group: rule.group, audience: row.audience, state: stateOf(row, now), severity: row.severity as Severity },
    points: row.points,
    evidence: JSON.parse(row.evidence) as Evidence[],
    settings: JSON.parse(row.settings) as Record<string, number>,
    ...{ subjectKind: row.subjectKind, subject: row.subject, name: row.name ?? row.subject },
    ...{ clusterId: row.clusterId, cluster: row.cluster ?? row.clusterId, source: row.source ?? "" },
    ...{ workloadKey: row.workloadKey, workloadId: row.workloadId ?? "", category: row.category ?? "" },
    type: row.type ?? "",
    ...{ namespace: row.namespace ?? "", phase: row.phase ?? "" },
    ...{ projectKey: row.projectKey, project: row.project ?? "", user: row.user ?? "" },
    ...{ teamKey: row.teamKey ?? 0, team: row.team ?? "" },
    ...{ openedAt: row.openedAt, sinceAt: row.sinceAt, lastSeenAt: row.lastSeenAt, resolvedAt: resolvedAt(row, now) },
    episodes: JSON.parse(row.episodes) as FindingRow["episodes"],
    nowMilli: row.nowMilli,
    lostMilli: lost?.milli ?? 0,
    costMicros: lost ? lost.micros : null,
    hourMicros: rate && row.nowMilli > 0 ? priceFraction(rate.micros, row.nowMilli * 3600, rate.quantity) : null,
    ...{
      standing: row.standing,
      standingAt: row.standingAt,
      standingBy: row.standingBy,
      standingReason: row.standingReason,
    },
    standingUntil: row.standingUntil,
  };
}

/** One finding by its id, or null if it does not exist or the viewer may not see it. */
export async function findFinding(ctx: Ctx, id: string): Promise<FindingRow | null> {
  return (await listFindings(ctx, { id }))[0] ?? null;
}

/** What people did with a finding, and the messages about it that arrived; newest first. Names no address. */
export async function listEvents(db: Reader, { key, id }: Pick<FindingRow, "key" | "id">): Promise<FindingEvent[]> {
  const [said, sent] = await Promise.all([
    db.all<FindingEvent>(sql`select at as "at", kind as "kind", by as "by", reason as "reason",
      until as "until", verdict as "verdict" from ${insightEvents} where finding_key = ${key} order by at desc, id`),
    listNotices(db, id),
  ]);
  return [...said, ...sent].sort((a, b) => b.at - a.at);
}

/** What people decided about the findings that the viewer may see, by rule. @throws AppError `forbidden`. */
export async function loadReplies(ctx: Ctx): Promise<ReadonlyMap<string, Replies>> {
  allow(ctx.viewer, "findings.read");
  const rows = await ctx.db.all<Said>(sql`select e.finding_key as "findingKey", f.rule as "rule", e.kind as "kind",
    e.verdict as "verdict" from ${insightEvents} e join ${insightFindings} f on f.key = e.finding_key
    where e.verdict <> '' ${visibleFindings(ctx.viewer)} order by e.at, e.id`);
  return countReplies(rows);
}

/** How many findings wait for somebody, by group: for the navigation. */
export async function countOpen(ctx: Ctx): Promise<Readonly<Record<string, number>>> {
  const rows = await ctx.db.all<
    Pick<Stored, "rule" | "openedAt" | "lastSeenAt" | "endedAt" | "standing" | "standingAt" | "standingUntil">
  >(
    sql`select f.rule as "rule", f.opened_at as "openedAt", f.last_seen_at as "lastSeenAt", f.ended_at as "endedAt",
      f.standing as "standing", f.standing_at as "standingAt", f.standing_until as "standingUntil"
      from ${insightFindings} f where f.ended_at is null ${visibleFindings(ctx.viewer)}`,
  );
  const out: Record<string, number> = {};
  for (const row of rows)
    if (stateOf(row, ctx.now()) === "open") {
      const { group } = ruleOf(row.rule);
      out[group] = (out[group] ?? 0) + 1;
    }
  return out;
}
