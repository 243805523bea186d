import { withCtx } from "@/cli/open.ts";
import { isBuiltIn } from "@/lib/attribution/types.ts";
import { planEvent, setBudgets } from "@/lib/budgets/changes.ts";
import { loadOutlooks, type ScopeOutlook } from "@/lib/budgets/outlooks.ts";
import { placed } from "@/lib/budgets/placed.ts";
import { listBudgetVersions } from "@/lib/budgets/store.ts";
import { type BudgetSpan, EVERYTHING, isSameScope } from "@/lib/budgets/types.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { type Ctx, jobViewer } from "@/lib/ctx.ts";
import { addDays, dateOf, dayKey, dayOfKey } from "@/lib/time.ts";
import { changeUnit, defineUnit, recordCounts } from "@/lib/unit-costs/changes.ts";
import { listUnits } from "@/lib/unit-costs/store.ts";
import { loadUnitViews } from "@/lib/unit-costs/unit-views.ts";

/** The demo's budgets and its unit, by the same verbs as a person's, once its history is charged; done once. */
const money = { currency: "USD", billingTimeZone: "UTC" };
/** The team of the demo's manager: its budget is passed before the quarter ends. */
const MANAGED = "Research";
/** The last team has none: "no budget" has something to show. */
const SHARES = [0.97, 1.1, 1.3];
const UNIT_DAYS = 28;
const HUNDREDS = 100_000_000;

const rounded = (micros: number): number => Math.max(HUNDREDS, Math.round(micros / HUNDREDS) * HUNDREDS);

async function outlooksOf(ctx: Ctx, span: BudgetSpan): Promise<ScopeOutlook[]> {
  const list = await loadOutlooks(ctx, { span });
  return list.filter((o) => o.scope.kind === "all" || !isBuiltIn(Number(o.scope.value)));
}

async function budgets(ctx: Ctx): Promise<void> {
  if ((await listBudgetVersions(ctx.db)).length > 0) return;
  const [months, quarters] = [await outlooksOf(ctx, "month"), await outlooksOf(ctx, "quarter")];
  const teams = months.filter((o) => o.scope.kind === "team" && o.name !== MANAGED && o.outlook.end);
  const managed = quarters.find((o) => o.name === MANAGED);
  const all = months.find((o) => o.scope.kind === "all");
  const monthly = (o: ScopeOutlook, share: number) => ({
    ...{ scope: o.scope, span: "month" as const, fromDay: o.outlook.span.fromDay },
    amountMicros: rounded((o.outlook.end?.expected ?? 0) * share),
    note: "agreed for the demo",
  });
  const spent = managed?.outlook.spentMicros ?? 0;
  const ahead = (managed?.outlook.end?.expected ?? spent) - spent;
  const own = managed && {
    ...{ scope: managed.scope, span: "quarter" as const, fromDay: managed.outlook.span.fromDay },
    ...{ amountMicros: rounded(spent + 0.6 * ahead), note: "agreed for the demo", carryOver: true },
  };
  const budgets = [
    ...(all ? [monthly(all, 1.05)] : []),
    ...teams.slice(0, SHARES.length).map((o, i) => monthly(o, SHARES[i] ?? 1)),
    // In the first month of a quarter both begin on the same day.
  ].filter((b) => !own || !isSameScope(b.scope, own.scope) || b.fromDay !== own.fromDay);
  await setBudgets(
    { ...ctx, viewer: jobViewer("finance@demo.example") },
    placed([...budgets, ...(own ? [own] : [])]),
    "agreed for the demo",
  );
  const [first] = teams;
  if (first)
    await planEvent(ctx, {
      scope: first.scope,
      fromDay: addDays(dayKey(dateOf(ctx.now(), ctx.ledger.zone)), 7),
      perDayMicros: rounded((first.outlook.end?.expected ?? 0) / 100),
      note: "New node pool",
    });
}

/** What a thousand requests to the demo's inference services cost: a unit whose counts a service would report. */
async function units(ctx: Ctx): Promise<void> {
  if ((await listUnits(ctx.db)).length > 0) return;
  const today = dayKey(dateOf(ctx.now(), ctx.ledger.zone));
  const acting = { ...ctx, viewer: jobViewer("finance@demo.example") };
  const unit = {
    ...{ name: "Chat requests", noun: "request", per: 1000 as const, scope: EVERYTHING, category: "Deploy" as const },
    ...{ countsFromDay: addDays(today, -UNIT_DAYS), note: "counts as its services report them" },
  } as const;
  const key = await defineUnit(acting, unit, "agreed for the demo");
  await recordCounts(
    acting,
    key,
    Array.from({ length: UNIT_DAYS }, (_, i) => {
      const day = addDays(today, i - UNIT_DAYS);
      const isWeekend = [0, 6].includes(new Date(dayOfKey(day, "UTC").start * 1000).getUTCDay());
      return { id: String(day), day, countMilli: ((isWeekend ? 310_000 : 620_000) + ((i * 7919) % 90_000)) * 1000 };
    }),
    "reported for the demo",
  );
  const [view] = await loadUnitViews(acting, { from: addDays(today, -UNIT_DAYS), until: today }, key);
  const mean = view?.allocation.unitMicros;
  // A little below what it costs: there is something to reach.
  if (mean) await changeUnit(acting, key, { ...unit, targetMicros: Math.round(mean * 0.95) }, "agreed for the demo");
}

await withCtx({ mustExist: true }, async (ctx) => {
  const acting = { ...ctx, viewer: jobViewer("demo") };
  await chargeDue(acting, money);
  await budgets(acting);
  await units(acting);
});
