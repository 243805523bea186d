import { allow } from "@/lib/auth/allow.ts";
import { loadChargedDays } from "@/lib/charges/charged-days-load.ts";
import { isCovered, isKnownDay } from "@/lib/charges/known.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { addDays, dateOf, dayKey } from "@/lib/time.ts";
import { type Explanation, explain, isPriceChange } from "./explain.ts";
import { type Feedback, listFeedback } from "./feedback-store.ts";
import { daysToRead, type Found, findAnomalies, type ScopeDay, unknownDays } from "./find.ts";
import { type AnomalyScope, type EventSpan, loadEventSpans, loadScopes } from "./scopes-load.ts";
import { type ComparedCharges, loadCompared, loadScopeDays, type ScopeDayRow } from "./series-load.ts";
import { type AnomalySettings, anomalySettings } from "./settings.ts";
import { type AnomalyName, type AnomalyState, anomalyId, MEASURES, type Measure } from "./types.ts";

/**
 * Anomalies that are explained, those worth most first: each reads the charges of a week. Open ones of spend are all read, since a
 * price change may explain them.
 */
const MOST_EXPLAINED = 200;

/** An anomaly with all that is known about it. Amounts as Found and Explanation have them. */
export interface Anomaly extends Found {
  readonly id: string;
  readonly scope: AnomalyScope;
  readonly state: AnomalyState;
  /** Why it is explained; empty: it is not. */
  readonly reason: string;
  /** Null: there is nothing before to compare with, or it is not among the first. */
  readonly explanation: Explanation | null;
  readonly feedback: Feedback | null;
}

export interface AnomalyQuery {
  /** Day keys, half-open. */
  readonly days: { readonly from: number; readonly until: number };
  readonly measures?: readonly Measure[] | undefined;
  readonly scopeKind?: "team" | "project" | undefined;
  readonly scopeKey?: number | undefined;
  readonly states?: readonly AnomalyState[] | undefined;
}

export interface AnomalyList {
  /** What is worth most first. */
  readonly anomalies: readonly Anomaly[];
  /** Names of projects by key, for contributors. */
  readonly projectNames: ReadonlyMap<number, string>;
  /** Days of the query that are over and were not tested: not enough of them is known. */
  readonly untested: readonly number[];
  /** How many teams and projects were looked at. */
  readonly scopes: number;
}

/**
 * Unusual days of the teams and projects that the viewer may see. They follow from the ledger alone: the same days give the same
 * anomalies, whenever they are asked for. @throws AppError `forbidden`.
 */
export async function listAnomalies(
  ctx: Ctx,
  query: AnomalyQuery,
  settings: AnomalySettings = anomalySettings(),
): Promise<AnomalyList> {
  allow(ctx.viewer, "anomalies.read");
  const today = dayKey(dateOf(ctx.now(), ctx.ledger.zone));
  const read = daysToRead(query.days);
  const until = Math.min(query.days.until, today);
  const [{ scopes, projectNames }, charged, events, feedback] = await Promise.all([
    loadScopes(ctx),
    loadChargedDays(ctx.db, { from: read.from, until: Math.min(read.until, today) }),
    loadEventSpans(ctx),
    listFeedback(ctx.db, read.from),
  ]);
  const wanted = scopes.filter(
    (s) => (!query.scopeKind || s.kind === query.scopeKind) && (!query.scopeKey || s.key === query.scopeKey),
  );
  const known = new Set(charged.filter(isKnownDay).map((d) => d.day));
  const firstCharged = charged[0]?.day ?? until;
  const world = { first: Math.max(read.from, firstCharged), until: Math.min(read.until, today), known };
  const measures = query.measures ?? MEASURES;
  const found: Anomaly[] = [];
  for (const kind of ["team", "project"] as const) {
    const own = wanted.filter((s) => s.kind === kind);
    const series = await seriesOf(ctx, kind, own, world, measures);
    const within = { ...query.days, until };
    const all = own.flatMap((scope) =>
      measures.flatMap((measure) =>
        findAnomalies(measure, series.get(scope.key) ?? [], world.first, within, settings).map((f) => ({ f, scope })),
      ),
    );
    for (const { f, scope } of all)
      found.push({ ...f, scope, id: idOf(f, scope), explanation: null, ...standing(f, scope, events, feedback) });
  }
  const explained = await explainFirst(ctx, found);
  const whole = daysOver(world, known);
  return {
    anomalies: explained.filter((a) => !query.states || query.states.includes(a.state)),
    projectNames,
    untested: unknownDays(whole, world.first, { from: query.days.from, until }),
    scopes: wanted.length,
  };
}

/** What is worth most first, and the first of them explained. */
async function explainFirst(ctx: Ctx, found: readonly Anomaly[]): Promise<Anomaly[]> {
  const size = (a: Anomaly) => Math.abs(a.impactMicros);
  const sorted = [...found].sort((a, b) => size(b) - size(a) || (a.id < b.id ? -1 : 1));
  const chosen = sorted.filter((a, i) => i < MOST_EXPLAINED || (a.state === "open" && a.measure === "spend"));
  const charges = new Map<string, ComparedCharges>();
  for (const kind of ["team", "project"] as const) {
    const own = chosen.filter((a) => a.scope.kind === kind);
    const days = own.map((a) => ({ id: a.id, key: a.scope.key, day: a.peakDay, before: a.baseline }));
    for (const [id, of] of await loadCompared(ctx.db, kind, days)) charges.set(id, of);
  }
  return sorted.map((anomaly) => {
    const own = charges.get(anomaly.id);
    return own ? withExplanation(anomaly, own) : anomaly;
  });
}

const idOf = ({ measure, fromDay }: Found, { kind, key }: AnomalyScope): string =>
  anomalyId({ measure, scopeKind: kind, scopeKey: key, day: fromDay });

interface World {
  readonly first: number;
  readonly until: number;
  /** Days of which enough of the whole ledger is known. */
  readonly known: ReadonlySet<number>;
}

const NOTHING = {
  ...{ spendMicros: 0, usageMicros: 0, heldMilli: 0, activeMilli: 0, classedMilli: 0 },
  ...{ utilisationWeighted: 0, observedMilli: 0 },
};

/** A day without any usage, or null where the whole ledger is not known. */
function daysOver({ first, until }: World, known: ReadonlySet<number>): (ScopeDay | null)[] {
  const out: (ScopeDay | null)[] = [];
  for (let day = first; day < until; day = addDays(day, 1)) out.push(known.has(day) ? { day, ...NOTHING } : null);
  return out;
}

/** The days of each scope, by key: null where the day is not known, of the ledger or of the scope. */
async function seriesOf(
  { db }: Ctx,
  kind: AnomalyScope["kind"],
  scopes: readonly AnomalyScope[],
  world: World,
  measures: readonly Measure[],
): Promise<Map<number, (ScopeDay | null)[]>> {
  const keys = scopes.map((s) => s.key);
  const days = { from: world.first, until: world.until };
  const rows = await loadScopeDays(db, kind, keys, days, measures.includes("utilisation"));
  const byKey = Map.groupBy(rows, (r) => r.key);
  const whole = daysOver(world, world.known);
  return new Map(keys.map((key) => [key, filled(whole, byKey.get(key) ?? [])]));
}

function filled(whole: readonly (ScopeDay | null)[], rows: readonly ScopeDayRow[]): (ScopeDay | null)[] {
  const byDay = new Map(rows.map((r) => [r.day, r]));
  return whole.map((day) => {
    const own = day && byDay.get(day.day);
    return own ? (isCovered(own) ? own : null) : day;
  });
}

/** What is known or said of an anomaly besides its figures. */
function standing(
  found: Found,
  scope: AnomalyScope,
  events: readonly EventSpan[],
  feedback: readonly Feedback[],
): Pick<Anomaly, "state" | "reason" | "feedback"> {
  const said = feedback.findLast(
    (f) =>
      f.measure === found.measure &&
      f.scopeKind === scope.kind &&
      f.scopeKey === scope.key &&
      f.day >= found.fromDay &&
      f.day <= found.throughDay,
  );
  if (said) return { state: said.verdict, reason: "", feedback: said };
  const event = events.find(
    (e) => covers(e, scope) && e.fromDay <= found.throughDay && (e.untilDay ?? Infinity) > found.fromDay,
  );
  if (!event) return { state: "open", reason: "", feedback: null };
  // The note of an event of more than this scope is for people who see more than this scope.
  const own = event.scopeKind === scope.kind && event.note !== "";
  return { state: "explained", reason: own ? `Planned: ${event.note}` : "A planned event", feedback: null };
}

function covers({ scopeKind, scopeValue }: EventSpan, { kind, key, group }: AnomalyScope): boolean {
  if (scopeKind === "all") return true;
  if (scopeKind === kind) return scopeValue === String(key);
  return scopeKind === (kind === "team" ? "cost-centre" : "department") && scopeValue === group;
}

function withExplanation(anomaly: Anomaly, { cells, ...shares }: ComparedCharges): Anomaly {
  const { scope, baseline, measure } = anomaly;
  const explanation = explain({
    measure,
    now: cells.filter((c) => c.isNow === 1),
    before: cells.filter((c) => c.isNow === 0),
    daysBefore: baseline.length,
    ...shares,
  });
  const shown = explanation && (scope.detailed ? explanation : { ...explanation, contributors: [] });
  const byPrice = anomaly.state === "open" && measure === "spend" && explanation !== null && isPriceChange(explanation);
  return {
    ...anomaly,
    explanation: shown,
    ...(byPrice ? { state: "explained" as const, reason: "Prices changed" } : {}),
  };
}

/** One anomaly by its name, or null if it does not exist or the viewer may not see it. */
export async function findAnomaly(
  ctx: Ctx,
  name: AnomalyName,
  settings: AnomalySettings = anomalySettings(),
): Promise<{ readonly anomaly: Anomaly; readonly projectNames: AnomalyList["projectNames"] } | null> {
  const { measure, scopeKind, scopeKey, day } = name;
  const days = { from: day, until: addDays(day, 1) };
  const list = await listAnomalies(ctx, { days, measures: [measure], scopeKind, scopeKey }, settings);
  const anomaly = list.anomalies.find((a) => a.scope.key === scopeKey && a.fromDay <= day && a.throughDay >= day);
  return anomaly ? { anomaly, projectNames: list.projectNames } : null;
}
