import type { PageInput } from "@/app/page-input.ts";
import { KIND_WORDS } from "@/app/scope-choices.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { count, drawn, moneyIn, percent, text, textField } from "@/components/tables/columns.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { sortRows, type TableColumn } from "@/components/tables/view.ts";
import { TextLink } from "@/components/ui/text-link.tsx";
import { LEAST_CHANCE } from "@/lib/budgets/breach.ts";
import type { ScopeOutlook } from "@/lib/budgets/outlooks.ts";
import { BUDGET_SPANS, type BudgetSpan, type BudgetStatus, scopeId } from "@/lib/budgets/types.ts";
import { chanceText, dayRangeText, dayText, STATUS_WORDS } from "@/lib/budgets/words.ts";
import { loadBudgetsPage } from "@/lib/pages/budgets.ts";
import { dateOfKey } from "@/lib/time.ts";
import { reportCardPath } from "./report-card.tsx";

export const BUDGET_NAMES = [...tableNames(), "span"];

const TONES: Readonly<Record<BudgetStatus, "good" | "warn" | "bad">> = {
  on_track: "good",
  warning: "warn",
  critical: "bad",
  exceeded: "bad",
};
/** Statuses in the order of how much they need a look. */
const RANK: Readonly<Record<BudgetStatus, number>> = { on_track: 0, warning: 1, critical: 2, exceeded: 3 };

export const scopePath = (of: ScopeOutlook): string => `/budgets/${encodeURIComponent(scopeId(of.scope))}`;
const round = (micros: number | undefined): number | null => (micros === undefined ? null : Math.round(micros));
const dateText = (day: number | null | undefined): string | null => (day ? dateOfKey(day) : null);

/** Every scope with its budget and forecast, as its page lists it. */
export async function readBudgets(input: PageInput): Promise<Listed<ScopeOutlook>> {
  const span = input.address.word("span", [...BUDGET_SPANS], "The period of each budget is shown") as
    | BudgetSpan
    | undefined;
  const rows = await loadBudgetsPage(input.ctx, span);
  const money = moneyIn(input.ctx.ledger.currency);
  const columns: readonly TableColumn<ScopeOutlook>[] = [
    text("scope", "Budget of", (o) => o.name, {
      link: scopePath,
      look: ["strong"],
      note: (o) => KIND_WORDS[o.scope.kind],
    }),
    text("status", "Status", (o) => (o.budget ? o.budget.status : null), {
      order: (o) => (o.budget ? RANK[o.budget.status] : null),
      cell: (o) => (o.budget ? STATUS_WORDS[o.budget.status] : "No budget"),
      toneOf: (o) => (o.budget ? TONES[o.budget.status] : undefined),
      look: ["whole"],
    }),
    text("period", "Period", (o) => o.outlook.span.id, { look: ["whole"] }),
    money("budget", "Budget", (o) => o.budget?.totalMicros ?? null, { unknown: "No budget is set" }),
    money("spent", "Spent", (o) => o.outlook.spentMicros),
    money("burn", "A day", (o) => o.outlook.burnMicros, {
      header: "burn_per_day",
      title: "Mean of the last seven days",
      extra: true,
    }),
    percent("used", "Used", (o) => o.budget?.usedPercent ?? null, { unknown: "No budget is set" }),
    money("expected", "Expected", (o) => round(o.outlook.end?.expected), {
      lead: true,
      labelled: true,
      unknown: "Too little data",
    }),
    drawn("card", "How good", (o) => (o.outlook.end ? <TextLink to={reportCardPath(o)}>Report card</TextLink> : null)),
    money("lower80", "At least", (o) => round(o.outlook.end?.lower80), { extra: true }),
    money("upper80", "At most", (o) => round(o.outlook.end?.upper80), { extra: true }),
    percent("chance", "Chance to pass", (o) => (o.budget?.breach ? 100 * o.budget.breach.chance : null), {
      header: "chance_percent",
      cell: (o) => (o.budget?.breach ? chanceText(o.budget.breach.chance) : null),
      unknown: "No budget, no forecast, or it is passed or over",
    }),
    text("when", "When", (o) => dateText(o.budget?.passedOn ?? o.budget?.breach?.middleDay), {
      cell: (o) => {
        if (o.budget?.passedOn) return `on ${dayText(o.budget.passedOn)}`;
        const { chance = 0, fromDay, throughDay } = o.budget?.breach ?? {};
        return chance >= LEAST_CHANCE && fromDay && throughDay ? dayRangeText(fromDay, throughDay) : null;
      },
      fields: [
        textField("passed_on", (o: ScopeOutlook) => dateText(o.budget?.passedOn)),
        textField("breach_from", (o: ScopeOutlook) => dateText(o.budget?.breach?.fromDay)),
        textField("breach_middle", (o: ScopeOutlook) => dateText(o.budget?.breach?.middleDay)),
        textField("breach_through", (o: ScopeOutlook) => dateText(o.budget?.breach?.throughDay)),
      ],
      look: ["whole"],
    }),
    count("days-left", "Days left", (o) => o.budget?.daysLeft ?? null, {
      header: "days_until_exhausted",
      unknown: "Not before the period ends, or there is no budget or no forecast",
      extra: true,
    }),
  ];
  const view = readView(input, columns, { label: "Budgets", path: "/budgets", list: "budgets" });
  return { view, rows: sortRows(rows, view) };
}
