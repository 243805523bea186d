import type { Reader } from "@/db/client.ts";
import { PLATFORM_TEAM, type Team, UNASSIGNED_TEAM } from "@/lib/attribution/types.ts";
import { seesTeamWhole } from "@/lib/auth/visible-teams.ts";
import { loadChargeRules } from "@/lib/charges/day-load.ts";
import { loadTeamCosts } from "@/lib/charges/imported-load.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { addExactly, sumExactly } from "@/lib/money.ts";
import { compareKeys } from "@/lib/order.ts";
import { loadPeriods } from "@/lib/periods/load.ts";
import { booksCorrections, daysIn, needPeriod, type PeriodView } from "@/lib/periods/period.ts";
import type { CloseSettings } from "@/lib/periods/settings.ts";
import type { BillingPeriod } from "@/lib/periods/types.ts";
import { dateOfKey, type Instant } from "@/lib/time.ts";
import { buildStatement } from "./build.ts";
import type { CorrectionKey } from "./correct.ts";
import { listPending, listStanding } from "./correct-store.ts";
import {
  type DaySums,
  loadAdjustments,
  loadDaySums,
  loadFirstDay,
  loadNames,
  loadShareRows,
  loadTeams,
  loadUsageRows,
  type OfTeam,
} from "./draft-load.ts";
import type { CorrectionRow } from "./rows.ts";
import { loadFrozen, loadFrozenTotals, loadNumbers } from "./store.ts";
import type { AmountPoint, Statement } from "./types.ts";
import { policySentences } from "./words.ts";

const TREND = 12;

export interface PeriodStatements {
  readonly view: PeriodView;
  readonly periods: readonly PeriodView[];
  /** Those that the viewer may see; teams without any line have none. */
  readonly statements: readonly Statement[];
}

/** The statements of a period, drafts made of what there is now, closed ones as they were frozen. Scoped by the viewer. */
export async function loadStatements(ctx: Ctx, settings: CloseSettings, periodId: string): Promise<PeriodStatements> {
  const periods = await loadPeriods(ctx.db, settings, ctx.now());
  const view = needPeriod(periods, periodId);
  const all = await statementsOf(ctx.db, settings, periods, view, { team: null, now: ctx.now() });
  const statements = all.filter((s) => seesTeamWhole(ctx.viewer, s.header.team.key));
  return { view, periods, statements };
}

/** One team's statement. @throws AppError `not_found` if it does not exist or the viewer may not see it. */
export async function loadStatement(
  ctx: Ctx,
  settings: CloseSettings,
  periodId: string,
  team: number,
): Promise<{ readonly view: PeriodView; readonly periods: readonly PeriodView[]; readonly statement: Statement }> {
  const periods = await loadPeriods(ctx.db, settings, ctx.now());
  const view = needPeriod(periods, periodId);
  const may = seesTeamWhole(ctx.viewer, team);
  const [statement] = may ? await statementsOf(ctx.db, settings, periods, view, { team, now: ctx.now() }) : [];
  if (!statement) throw new AppError("not_found", `Team ${team} has no statement in ${periodId} that you may see.`);
  return { view, periods, statement };
}

interface Asked {
  readonly team: OfTeam;
  readonly now: Instant;
}

/** Every statement of a period, unscoped: for those above, the close and the audit. */
export async function statementsOf(
  db: Reader,
  settings: CloseSettings,
  periods: readonly PeriodView[],
  view: PeriodView,
  asked: Asked,
): Promise<Statement[]> {
  return view.close ? loadFrozen(db, view.close, asked.team) : draftsOf(db, settings, periods, view, asked);
}

async function draftsOf(
  db: Reader,
  settings: CloseSettings,
  periods: readonly PeriodView[],
  view: PeriodView,
  { team, now }: Asked,
): Promise<Statement[]> {
  const { period, state } = view;
  const [names, teams, usage, shares, costs, adjusted, corrections, trend, rules] = await Promise.all([
    loadNames(db),
    loadTeams(db),
    loadUsageRows(db, period, team),
    loadShareRows(db, period, team),
    loadTeamCosts(db, period, team),
    loadAdjustments(db, period.id),
    booksCorrections(periods, view) ? loadCorrectionRows(db, periods) : [],
    loadTrend(db, periods, view, team),
    loadChargeRules(db, settings.currency),
  ]);
  const policies = policySentences(rules, period, clustersIn(names), settings.currency);
  const lists = [usage, shares, costs, corrections, adjusted] as const;
  const keys = new Set(lists.flatMap((list) => list.map((row) => row.teamKey)));
  return [...keys]
    .filter((key) => team === null || key === team)
    .map((key) => teamOf(teams, key))
    .sort(byPlace)
    .map((head) => {
      const mine = <T extends { teamKey: number }>(list: readonly T[]) =>
        list.filter((row) => row.teamKey === head.key);
      const statement = {
        ...{ settings, period, state, generatedAt: now, team: head, names, policies },
        ...{ usage: mine(usage), shares: mine(shares), costs: mine(costs) },
        ...{ corrections: mine(corrections), adjustments: mine(adjusted) },
      };
      const { days, months, previousMicros } = trend(head.key);
      const built = buildStatement({ ...statement, days, previousMicros, months });
      const last = months.at(-1);
      // The month's own point is its total, corrections and all, as it will be once it is closed.
      if (last?.amountMicros === null) return built;
      const own = { label: period.id, amountMicros: built.header.totalMicros };
      return { ...built, header: { ...built.header, months: [...months.slice(0, -1), own] } };
    });
}

/** Clusters that have hardware, by name. */
function clustersIn({ clusters, hardware }: Awaited<ReturnType<typeof loadNames>>): Map<string, string> {
  const used = new Set([...hardware.values()].map((h) => h.clusterId));
  return new Map([...used].sort().map((id) => [id, clusters.get(id) ?? id]));
}

function teamOf(teams: ReadonlyMap<number, Team>, key: number) {
  const team = teams.get(key);
  const { name = `Team ${key}`, costCentre = "", glAccount = "", owner = "" } = team ?? {};
  return { key, name, costCentre, glAccount, owner };
}

/** Teams by name; who holds what nobody else does comes last. */
function byPlace(a: { key: number; name: string }, b: { key: number; name: string }): number {
  const place = (key: number) => (key === PLATFORM_TEAM ? 2 : key === UNASSIGNED_TEAM ? 1 : 0);
  return compareKeys([place(a.key), a.name, a.key], [place(b.key), b.name, b.key]);
}

/** What waits to be booked, summed over the days of each closed period. */
async function loadCorrectionRows(
  db: Reader,
  periods: readonly PeriodView[],
): Promise<(CorrectionRow & { readonly teamKey: number })[]> {
  const [pending, numberOf] = await Promise.all([listPending(db), loadNumbers(db)]);
  const out = new Map<string, CorrectionRow & { readonly teamKey: number }>();
  const originOf = (day: number) => periods.find((p) => p.period.fromDay <= day && day < p.period.untilDay)?.period;
  const standing = await loadStanding(db, new Set(pending.flatMap((row) => originOf(row.originDay) ?? [])));
  for (const row of pending) {
    const origin = originOf(row.originDay);
    if (!origin) throw new AppError("internal", `A correction of ${row.originDay} is of no billing period.`);
    const { teamKey, projectKey, hardwareKey, sku, priceClass } = row;
    const id = thingOf(origin.id, row);
    const sum = out.get(id);
    out.set(id, {
      ...{ origin, teamKey, projectKey, hardwareKey, sku, priceClass },
      corrects: numberOf(origin.id, teamKey) ?? origin.id,
      quantity: (sum?.quantity ?? 0) + row.quantity,
      amountMicros: addExactly(sum?.amountMicros ?? 0, row.amountMicros),
      before: standing.get(id) ?? { quantity: 0, amountMicros: 0 },
      reasons: [...(sum?.reasons ?? []), ...row.reason.split(", ")],
    });
  }
  return [...out.values()].filter((row) => row.quantity !== 0 || row.amountMicros !== 0);
}

const thingOf = (period: string, { teamKey, projectKey, hardwareKey, sku, priceClass }: CorrectionKey): string =>
  JSON.stringify([period, teamKey, projectKey, hardwareKey, sku, priceClass]);

/** What each thing came to in closed periods, until now. */
async function loadStanding(
  db: Reader,
  origins: ReadonlySet<BillingPeriod>,
): Promise<ReadonlyMap<string, CorrectionRow["before"]>> {
  const out = new Map<string, CorrectionRow["before"]>();
  for (const origin of origins)
    for (const row of await listStanding(db, origin))
      out.set(thingOf(origin.id, row), { quantity: row.quantity, amountMicros: row.amountMicros });
  return out;
}

interface Trend {
  readonly days: readonly AmountPoint[];
  readonly months: readonly AmountPoint[];
  readonly previousMicros: number | null;
}

/** A team's days of the period and its last twelve periods. A period of which nothing is known has no amount. */
async function loadTrend(
  db: Reader,
  periods: readonly PeriodView[],
  view: PeriodView,
  team: OfTeam,
): Promise<(teamKey: number) => Trend> {
  const at = periods.indexOf(view);
  const shown = periods.slice(Math.max(0, at - TREND + 1), at + 1);
  const [frozen, sums, first] = await Promise.all([
    loadFrozenTotals(db, team),
    Promise.all(shown.map((p) => (p.close ? null : loadOpenSums(db, periods, p, team)))),
    loadFirstDay(db),
  ]);
  const own = sums.at(-1) as OpenSums;
  const last = shown.at(-2);
  // A part of a period is no comparison: one that the ledger saw only the end of, or one that still runs.
  const isComparable = view.state !== "open" && last !== undefined && first !== null && first <= last.period.fromDay;
  return (teamKey) => {
    const months = shown.map(({ period, close }, i) => {
      const live = sums[i];
      if (close) return { label: period.id, amountMicros: frozen.get(period.id)?.get(teamKey) ?? 0 };
      const days = [...(live?.teams.get(teamKey)?.values() ?? [])];
      const amountMicros = live?.known.size ? sumExactly([...days, live.booked.get(teamKey) ?? 0]) : null;
      return { label: period.id, amountMicros };
    });
    return {
      months,
      previousMicros: isComparable ? (months.at(-2)?.amountMicros ?? null) : null,
      days: daysIn(view.period).map((day) => ({
        label: dateOfKey(day),
        amountMicros: own.known.has(day) ? (own.teams.get(teamKey)?.get(day) ?? 0) : null,
      })),
    };
  };
}

interface OpenSums extends DaySums {
  /** By team, of no day: answers to disputes, and corrections that this period will book. */
  readonly booked: ReadonlyMap<number, number>;
}

async function loadOpenSums(
  db: Reader,
  periods: readonly PeriodView[],
  view: PeriodView,
  team: OfTeam,
): Promise<OpenSums> {
  const [days, adjusted, pending] = await Promise.all([
    loadDaySums(db, view.period, team),
    loadAdjustments(db, view.period.id),
    booksCorrections(periods, view) ? listPending(db) : [],
  ]);
  const booked = new Map<number, number>();
  for (const { teamKey, amountMicros } of [...adjusted, ...pending])
    booked.set(teamKey, addExactly(booked.get(teamKey) ?? 0, amountMicros));
  return { ...days, booked };
}
