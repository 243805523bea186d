import { randomUUID } from "node:crypto";
import type { Tx } from "@/db/client.ts";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { dateOfKey } from "@/lib/time.ts";
import { latestDay } from "./horizon.ts";
import { entriesOf } from "./in-force.ts";
import { type BudgetInput, type EventInput, eventSchema } from "./input.ts";
import { type Placed, placed, readPlaced } from "./placed.ts";
import { findPlaces, needEditable, type Places } from "./places.ts";
import {
  insertBudget,
  insertPlannedEvent,
  listBudgetVersions,
  listPlannedEvents,
  removePlannedEvent,
} from "./store.ts";
import { type Budget, type BudgetScope, isSameScope, type PlannedEvent, scopeId } from "./types.ts";

/** As the audit log names a budget. */
const subjectOf = (scope: BudgetScope): string => `budget/${scopeId(scope)}`;

/**
 * Sets the budget of a scope from a day on, until a later one replaces it; an amount of null ends it. What was said from that day
 * before stays as an earlier version. @throws AppError `forbidden`, `not_found`, `invalid`.
 */
export async function setBudget(ctx: Ctx, given: BudgetInput, reason = ""): Promise<Budget> {
  const { budgets } = await setBudgets(ctx, placed([given]), reason);
  return budgets[0] as Budget;
}

export interface BudgetsSet {
  readonly budgets: readonly Budget[];
  readonly added: number;
  readonly replaced: number;
  readonly unchanged: number;
}

/** Sets several budgets: all of them or none. @throws AppError as readPlaced. */
export async function setBudgets(ctx: Ctx, given: readonly Placed[], reason = ""): Promise<BudgetsSet> {
  allow(ctx.viewer, "budgets.edit");
  const budgets = readPlaced(given, latestDay(ctx), await findPlaces(ctx));
  const counts = { added: 0, replaced: 0, unchanged: 0 };
  await ctx.db.write(async (tx) => {
    const versions = await listBudgetVersions(tx);
    for (const budget of budgets) {
      const before = entriesOf(versions, budget.scope).find((e) => e.fromDay === budget.fromDay) ?? null;
      // Said again as it is: not another version.
      if (before && isSame(before, budget)) {
        counts.unchanged++;
        continue;
      }
      counts[before ? "replaced" : "added"]++;
      await insertBudget(tx, { ...budget, ...recorded(ctx), withdrawn: false });
      await record(tx, ctx, budget.scope, before, budget, reason);
    }
  });
  return { budgets, ...counts };
}

const isSame = (a: Budget, b: Budget): boolean =>
  (["span", "amountMicros", "carryOver", "warningPercent", "criticalPercent", "note"] as const).every(
    (key) => a[key] === b[key],
  );

/** Takes back what is said from a day on: what was said before it goes on. @throws AppError `not_found`; as setBudget. */
export async function withdrawBudget(ctx: Ctx, scope: BudgetScope, fromDay: number, reason = ""): Promise<void> {
  allow(ctx.viewer, "budgets.edit");
  needEditable(await findPlaces(ctx), scope);
  await ctx.db.write(async (tx) => {
    const there = entriesOf(await listBudgetVersions(tx), scope).find((e) => e.fromDay === fromDay);
    if (!there) throw new AppError("not_found", `No budget begins on ${dateOfKey(fromDay)}.`);
    await insertBudget(tx, { ...there, ...recorded(ctx), withdrawn: true });
    await record(tx, ctx, scope, there, null, reason);
  });
}

const recorded = ({ viewer, now }: Ctx) => ({ recordedBy: viewer.id, recordedAt: now() });

type Said = Budget | { readonly event: PlannedEvent } | null;

/** What a budget or an event says: its scope is the subject, and who recorded which version says the entry itself. */
const sayingOf = (said: Said) => {
  if (!said) return null;
  if ("event" in said) {
    const { scope: _, ...rest } = said.event;
    return rest;
  }
  const { fromDay, span, amountMicros, carryOver, warningPercent, criticalPercent, note } = said;
  return { fromDay, span, amountMicros, carryOver, warningPercent, criticalPercent, note };
};

const record = (tx: Tx, ctx: Ctx, scope: BudgetScope, before: Said, after: Said, reason: string): Promise<void> =>
  recordAct(tx, ctx, {
    ...{ action: "budgets.edit", subject: subjectOf(scope), reason },
    ...{ before: sayingOf(before), after: sayingOf(after) },
  });

/** Plans something that the past does not show. @returns its id. @throws AppError as setBudget. */
export async function planEvent(ctx: Ctx, given: EventInput, reason = ""): Promise<string> {
  allow(ctx.viewer, "budgets.edit");
  const input = parseInput(eventSchema(latestDay(ctx)), given);
  needEditable(await findPlaces(ctx), input.scope);
  const event = { ...input, id: randomUUID().slice(0, 8) };
  await ctx.db.write(async (tx) => {
    await insertPlannedEvent(tx, event, ctx.viewer.id, ctx.now());
    await record(tx, ctx, event.scope, null, { event }, reason);
  });
  return event.id;
}

/** Takes a planned event back. @throws AppError `not_found`; as setBudget. */
export async function removeEvent(ctx: Ctx, id: string, reason = ""): Promise<void> {
  allow(ctx.viewer, "budgets.edit");
  const places = await findPlaces(ctx);
  await ctx.db.write(async (tx) => {
    const event = (await listPlannedEvents(tx)).find((e) => e.id === id && places.maySee(e.scope));
    if (!event) throw new AppError("not_found", "There is no such planned event.");
    needEditable(places, event.scope);
    await removePlannedEvent(tx, id, ctx.now());
    await record(tx, ctx, event.scope, { event }, null, reason);
  });
}

/** The scope that a kind and a name mean, as files and the command line write them. @throws AppError `not_found`. */
export function scopeNamed(places: Places, kind: BudgetScope["kind"], name: string): BudgetScope {
  const wanted = name.trim().toLowerCase();
  const found = (list: readonly { key: number; name: string }[]) =>
    list.find((one) => one.name.toLowerCase() === wanted) ?? list.find((one) => String(one.key) === wanted);
  const scope: BudgetScope | null =
    kind === "all"
      ? { kind, value: "" }
      : kind === "team" || kind === "project"
        ? scopeOfKey(kind, found(kind === "team" ? places.teams : places.projects))
        : { kind, value: name.trim() };
  if (scope && places.members(scope) && places.maySee(scope)) return scope;
  throw new AppError(
    "not_found",
    kind === "all"
      ? "You may not see the budget of everything."
      : `There is no ${kind.replace("-", " ")} "${name}" that you may see.`,
  );
}

const scopeOfKey = (kind: "team" | "project", of: { key: number } | undefined): BudgetScope | null =>
  of ? { kind, value: String(of.key) } : null;

/** Of a list, those of one scope. */
export const ofScope = <T extends { readonly scope: BudgetScope }>(list: readonly T[], scope: BudgetScope): T[] =>
  list.filter((one) => isSameScope(one.scope, scope));
