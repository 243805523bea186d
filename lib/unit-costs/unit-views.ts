import { allow } from "@/lib/auth/allow.ts";
import { findPlaces, type Places } from "@/lib/budgets/places.ts";
import { loadChargedDays } from "@/lib/charges/charged-days-load.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { type ExactMicros, sumMicros } from "@/lib/money.ts";
import { addDays, dateOf, dateOfKey, dayKey, dayOfKey, daysBetween } from "@/lib/time.ts";
import { getUnit } from "./changes.ts";
import { type Days, loadCostRows, loadUnpricedDays, type Members } from "./cost-load.ts";
import { countOfDay } from "./count-day.ts";
import { listCounts, listUnits } from "./store.ts";
import type { StoredUnit } from "./types.ts";
import {
  changePercent,
  newestKnown,
  statusOf,
  sumDays,
  type UnitDay,
  type UnitStatus,
  type UnitSum,
  unitMicros,
} from "./unit-cost.ts";

/** Of the GPU time of a day, the part that must be observed before its usage is known. */
const LEAST_COVERAGE = 0.95;

/** Whose cost a unit shares; null: its scope no longer exists. */
export function membersOf(places: Places, { scope }: StoredUnit): Members | null {
  if (scope.kind === "all") return { by: "team", keys: null };
  return places.members(scope);
}

/** Days on which the whole ledger is metered, charged and seen. */
async function knownDays(ctx: Ctx, days: Days): Promise<ReadonlySet<number>> {
  const today = dayKey(dateOf(ctx.now(), ctx.ledger.zone));
  const charged = await loadChargedDays(ctx.db, { from: days.from, until: Math.min(days.until, today) });
  const isSeen = (d: (typeof charged)[number]) => d.unknownMilli <= (1 - LEAST_COVERAGE) * d.gpuMilli;
  return new Set(charged.filter(isSeen).map((d) => d.day));
}

/** Each day of a range with what was counted and what it cost; what is unknown is null. Today is not over: it is unknown. */
async function daysOfUnit(
  ctx: Ctx,
  places: Places,
  unit: StoredUnit,
  days: Days,
  known: ReadonlySet<number>,
): Promise<UnitDay[]> {
  const { zone } = ctx.ledger;
  const members = membersOf(places, unit);
  const [rows, unpriced, counts] = await Promise.all([
    members ? loadCostRows(ctx.db, members, unit, days, zone) : [],
    members ? loadUnpricedDays(ctx.db, members, unit, days) : new Set<number>(),
    listCounts(ctx.db, [unit.key], days),
  ]);
  const byDay = new Map(rows.map((row) => [row.day, row]));
  const countsOf = Map.groupBy(counts, (c) => c.day);
  const today = dayKey(dateOf(ctx.now(), zone));
  return Array.from({ length: Math.max(0, daysBetween(days.from, days.until)) }, (_, i) => {
    const day = addDays(days.from, i);
    const { allocationMicros = 0, usageMicros = 0, observedMilli = 0, expectedMilli = 0 } = byDay.get(day) ?? {};
    const isCostKnown = members !== null && known.has(day) && !unpriced.has(day);
    const isSeen = observedMilli >= LEAST_COVERAGE * expectedMilli;
    return {
      day,
      countMilli: day < today ? countOfDay(countsOf.get(day) ?? [], dayOfKey(day, zone)) : null,
      allocationMicros: isCostKnown ? allocationMicros : null,
      usageMicros: isCostKnown && isSeen ? usageMicros : null,
    };
  });
}

/** Of some days, those that are over: what is not over has neither a whole count nor a whole cost. */
export function daysOver({ now, ledger }: Pick<Ctx, "now" | "ledger">, { from, until }: Days): Days {
  const today = dayKey(dateOf(now(), ledger.zone));
  return { from, until: Math.max(from, Math.min(until, today)) };
}

/** A unit with what it costs over some days, against as many days before. */
export interface UnitView {
  readonly unit: StoredUnit;
  readonly scopeName: string;
  readonly mayEdit: boolean;
  readonly mayCount: boolean;
  /** The first day after the last, as `YYYY-MM-DD`. */
  readonly until: string;
  readonly days: readonly UnitDay[];
  readonly allocation: UnitSum;
  readonly usage: UnitSum;
  /** On the unit's own basis, against the same number of days before; null: one of the two is unknown. */
  readonly changePercent: number | null;
  /** The newest day of the range that has a unit cost. */
  readonly newest: { readonly day: number; readonly micros: number } | null;
  /** Of the range on the unit's own basis; null: unknown, or no target. */
  readonly status: UnitStatus | null;
}

/** The day of now, of which a part is charged and counted: what it has come to so far, which changes until the day is over. */
export interface SoFar {
  readonly day: number;
  readonly costMicros: ExactMicros;
  readonly countMilli: number | null;
  /** For `per` units; null: nothing is counted yet. */
  readonly unitMicros: number | null;
}

/** Today so far on the basis of everything charged. @throws AppError `forbidden`, `not_found`. */
export async function loadSoFar(ctx: Ctx, key: number): Promise<SoFar> {
  allow(ctx.viewer, "units.read");
  const places = await findPlaces(ctx);
  const unit = await getUnit(ctx.db, places, key);
  const day = dayKey(dateOf(ctx.now(), ctx.ledger.zone));
  const days = { from: day, until: addDays(day, 1) };
  const members = membersOf(places, unit);
  const [rows, counts] = await Promise.all([
    members ? loadCostRows(ctx.db, members, unit, days, ctx.ledger.zone) : [],
    listCounts(ctx.db, [key], days),
  ]);
  const known = counts.flatMap((c) => c.countMilli ?? []);
  const countMilli = known.length ? known.reduce((sum, n) => sum + n, 0) : null;
  const costMicros = sumMicros(rows.map((r) => r.allocationMicros));
  return { day, costMicros, countMilli, unitMicros: unitMicros(costMicros, countMilli, unit.per) };
}

/** Units that the viewer may see, with what they cost on some days. @throws AppError `forbidden`; `not_found` for a key. */
export async function loadUnitViews(ctx: Ctx, days: Days, key?: number): Promise<UnitView[]> {
  allow(ctx.viewer, "units.read");
  const places = await findPlaces(ctx);
  const units =
    key === undefined
      ? (await listUnits(ctx.db)).filter((u) => places.maySee(u.scope))
      : [await getUnit(ctx.db, places, key)];
  const length = daysBetween(days.from, days.until);
  const wide = { from: addDays(days.from, -length), until: days.until };
  const known = units.length ? await knownDays(ctx, wide) : new Set<number>();
  const out: UnitView[] = [];
  for (const unit of units) {
    const all = await daysOfUnit(ctx, places, unit, wide, known);
    out.push(viewOf(places, unit, all.slice(0, length), all.slice(length)));
  }
  return out;
}

function viewOf(places: Places, unit: StoredUnit, before: readonly UnitDay[], days: readonly UnitDay[]): UnitView {
  const [allocation, usage] = [sumDays(days, "allocation", unit.per), sumDays(days, "usage", unit.per)];
  const own = unit.basis === "allocation" ? allocation : usage;
  return {
    ...{ unit, days, allocation, usage, scopeName: places.name(unit.scope) },
    mayEdit: places.mayEdit(unit.scope, "units.edit"),
    mayCount: places.mayEdit(unit.scope, "units.count"),
    until: dateOfKey(addDays(days.at(-1)?.day ?? 20000101, 1)),
    changePercent: changePercent(own, sumDays(before, unit.basis, unit.per)),
    newest: newestKnown(days, unit.basis, unit.per) ?? null,
    status: statusOf(own.unitMicros, unit),
  };
}
