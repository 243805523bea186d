import type { Reader } from "@/db/client.ts";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { latestDay } from "@/lib/budgets/horizon.ts";
import { findPlaces, needScope, type Places } from "@/lib/budgets/places.ts";
import type { BudgetScope } from "@/lib/budgets/types.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { addDays, dateOf, dateOfKey, dayKey } from "@/lib/time.ts";
import { type CountInput, countsSchema, type UnitInput, unitSchema } from "./input.ts";
import {
  deleteCounts,
  deleteReadCounts,
  findCounts,
  findUnit,
  insertUnit,
  listUnits,
  saveCounts,
  updateUnit,
} from "./store.ts";
import type { StoredUnit, Unit } from "./types.ts";

const subjectOf = (key: number): string => `unit/${key}`;

/** @throws AppError `not_found` for a scope that the viewer may not see; `forbidden` for one that they may not change. */
function needChangeable(places: Places, scope: BudgetScope, action: "units.edit" | "units.count"): void {
  needScope(places, scope);
  if (!places.mayEdit(scope, action))
    throw new AppError(
      "forbidden",
      `You may not change unit costs of ${places.name(scope)}: finance, administrators and managers of all its teams can.`,
    );
}

/** A unit that may be seen. @throws AppError `not_found`. */
export async function getUnit(db: Reader, places: Places, key: number): Promise<StoredUnit> {
  const unit = await findUnit(db, key);
  if (!unit || !places.maySee(unit.scope)) throw new AppError("not_found", `There is no unit ${key} that you may see.`);
  return unit;
}

/** The unit of a name as a person typed it, or of its key. @throws AppError `not_found`. */
export async function unitNamed(ctx: Pick<Ctx, "db" | "viewer">, wanted: string): Promise<StoredUnit> {
  const [units, places] = await Promise.all([listUnits(ctx.db), findPlaces(ctx)]);
  const text = wanted.trim().toLowerCase();
  const seen = units.filter((u) => places.maySee(u.scope));
  const found = seen.find((u) => u.name.toLowerCase() === text) ?? seen.find((u) => String(u.key) === text);
  if (found) return found;
  const names = seen.map((u) => `"${u.name}"`).join(", ");
  throw new AppError("not_found", `There is no unit "${wanted}".${names ? ` There is ${names}.` : ""}`);
}

/** Checks a definition. @throws AppError `invalid`, `forbidden`, `not_found`. */
async function checked(ctx: Ctx, given: UnitInput, key: number | null): Promise<Unit> {
  allow(ctx.viewer, "units.edit");
  const unit = parseInput(unitSchema(latestDay(ctx)), given);
  needChangeable(await findPlaces(ctx), unit.scope, "units.edit");
  // A query reads what it likes of the source, so it is not for the person who sees one team.
  if (unit.source === "query") allow(ctx.viewer, "units.query");
  const twin = (await listUnits(ctx.db)).find((u) => u.key !== key && u.name.toLowerCase() === unit.name.toLowerCase());
  if (twin) throw fieldError("name", "Another unit has this name: choose another one.", "conflict");
  return unit;
}

/** Defines a unit. @returns its key. @throws AppError as checked. */
export async function defineUnit(ctx: Ctx, given: UnitInput, reason = ""): Promise<number> {
  const unit = await checked(ctx, given, null);
  return ctx.db.write(async (tx) => {
    const key = await insertUnit(tx, unit, ctx.viewer.id, ctx.now());
    await recordAct(tx, ctx, { action: "units.edit", subject: subjectOf(key), before: null, after: unit, reason });
    return key;
  });
}

/** What decides how many a source counts: where it changes, counts are read again. */
const readingOf = ({ source, query, emptyIsZero, scope, label, category, countsFromDay }: Unit): string =>
  JSON.stringify([source, query, emptyIsZero, scope.kind, scope.value, label, category, countsFromDay]);

/** Changes a unit. Past days follow: its cost is calculated from charges and counts when it is shown. @throws AppError as checked. */
export async function changeUnit(ctx: Ctx, key: number, given: UnitInput, reason = ""): Promise<void> {
  const unit = await checked(ctx, given, key);
  const places = await findPlaces(ctx);
  await ctx.db.write(async (tx) => {
    const before = await getUnit(tx, places, key);
    needChangeable(places, before.scope, "units.edit");
    if (before.source === "query") allow(ctx.viewer, "units.query");
    const { createdBy, createdAt, archivedAt, key: _, ...old } = before;
    await updateUnit(tx, { ...unit, key, createdBy, createdAt, archivedAt });
    if (readingOf(old) !== readingOf(unit)) await deleteReadCounts(tx, key);
    await recordAct(tx, ctx, { action: "units.edit", subject: subjectOf(key), before: old, after: unit, reason });
  });
}

/** Archives a unit: it is no longer shown, read or alerted about. @throws AppError as checked. */
export async function archiveUnit(ctx: Ctx, key: number, reason = ""): Promise<void> {
  allow(ctx.viewer, "units.edit");
  const places = await findPlaces(ctx);
  await ctx.db.write(async (tx) => {
    const before = await getUnit(tx, places, key);
    needChangeable(places, before.scope, "units.edit");
    await updateUnit(tx, { ...before, archivedAt: ctx.now() });
    await recordAct(tx, ctx, { action: "units.edit", subject: subjectOf(key), before, after: null, reason });
  });
}

/** The last day that may have a count: tomorrow, for those who are ahead of the billing time zone. */
export const lastCountedDay = ({ now, ledger }: Pick<Ctx, "now" | "ledger">): number =>
  addDays(dayKey(dateOf(now(), ledger.zone)), 1);

export interface Recorded {
  readonly added: number;
  readonly changed: number;
  readonly withdrawn: number;
  readonly unchanged: number;
}

/**
 * Records counts of a unit, all or none. A count that was sent before under the same id is replaced, so that sending it again changes
 * nothing; a count of null withdraws it. @throws AppError `invalid`, `forbidden`, `not_found`.
 */
export async function recordCounts(
  ctx: Ctx,
  key: number,
  given: readonly CountInput[],
  reason = "",
): Promise<Recorded> {
  allow(ctx.viewer, "units.count");
  const counts = parseInput(countsSchema, given);
  const places = await findPlaces(ctx);
  const latest = lastCountedDay(ctx);
  const ahead = counts.find((c) => c.day > latest);
  if (ahead)
    throw new AppError("invalid", `A count is of a day that has begun: "${ahead.id}" is of ${dateOfKey(ahead.day)}.`);
  return ctx.db.write(async (tx) => {
    const unit = await getUnit(tx, places, key);
    needChangeable(places, unit.scope, "units.count");
    const before = new Map(
      (
        await findCounts(
          tx,
          key,
          counts.map((c) => c.id),
        )
      ).map((c) => [c.id, c]),
    );
    const kept = counts.filter((c): c is typeof c & { countMilli: number } => c.countMilli !== null);
    const gone = counts.filter((c) => c.countMilli === null && before.has(c.id));
    const isSame = (c: (typeof kept)[number]) =>
      before.get(c.id)?.countMilli === c.countMilli && before.get(c.id)?.day === c.day;
    const fresh = kept.filter((c) => !isSame(c));
    const same = new Set(kept.filter(isSame).map((c) => c.id));
    const stored = {
      unitKey: key,
      fromAt: 0,
      untilAt: 0,
      problem: "",
      recordedBy: ctx.viewer.id,
      recordedAt: ctx.now(),
    };
    await saveCounts(
      tx,
      fresh.map((c) => ({ ...stored, ...c })),
    );
    await deleteCounts(
      tx,
      key,
      gone.map((c) => c.id),
    );
    const changed = fresh.filter((c) => before.has(c.id)).length;
    const done = {
      ...{ added: fresh.length - changed, changed, withdrawn: gone.length },
      unchanged: counts.length - fresh.length - gone.length,
    };
    if (fresh.length + gone.length > 0) {
      const [old, now] = [[...before.values()].filter((c) => !same.has(c.id)), fresh];
      await recordAct(tx, ctx, {
        ...{ action: "units.count", subject: subjectOf(key), reason },
        ...{ before: old.slice(0, SHOWN).map(shown), after: { ...done, counts: now.slice(0, SHOWN).map(shown) } },
      });
    }
    return done;
  });
}

/** Counts of one act that its record lists, the first of them. */
const SHOWN = 5;
const shown = ({ id, day, countMilli }: { id: string; day: number; countMilli: number | null }): string =>
  `${id}, ${dateOfKey(day)}: ${countMilli === null ? "none" : countMilli / 1000}`;
