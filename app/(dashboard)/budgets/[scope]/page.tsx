import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { needPage } from "@/app/need-page.ts";
import { decodedPart, readInput, type Search } from "@/app/page-input.ts";
import { AuditList } from "@/components/audit/audit-list.tsx";
import { formatDay } from "@/components/format.ts";
import { href, type Params, TRAVELLING, travelling } from "@/components/href.ts";
import { PageHeader, Section } from "@/components/page-header.tsx";
import { Switch } from "@/components/ui/switch.tsx";
import { TextLink } from "@/components/ui/text-link.tsx";
import { mayDo, readerFor } from "@/lib/auth/allow.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { budgetOn } from "@/lib/budgets/amounts.ts";
import { type CalendarSpan, spanOfDay } from "@/lib/budgets/spans.ts";
import {
  BUDGET_SPANS,
  type Budget,
  type BudgetScope,
  type BudgetSpan,
  scopeId,
  scopeOfId,
} from "@/lib/budgets/types.ts";
import { sentenceOf } from "@/lib/budgets/words.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { type BudgetPage, loadBudgetPage } from "@/lib/pages/budgets.ts";
import { dateOf, dateOfKey, dayKey } from "@/lib/time.ts";
import { BudgetForm, EndForm } from "../forms.tsx";
import { ScopeBurnDown } from "./burn-down.tsx";
import { Card } from "./card.tsx";
import { Events } from "./events.tsx";
import { BudgetKpis } from "./kpis.tsx";
import { Versions } from "./versions.tsx";

export const metadata: Metadata = { title: "Budget" };

interface Props {
  readonly params: Promise<{ scope: string }>;
  readonly searchParams: Search;
}
const SPAN_LABELS = { month: "Month", quarter: "Quarter", year: "Year" } as const;

export default async function ScopePage({ params: route, searchParams }: Props) {
  const scope = scopeOfId(decodedPart((await route).scope));
  if (!scope) notFound();
  const input = await readInput(searchParams);
  needPage(input.ctx, "/budgets");
  const { ctx, params } = input;
  const span = input.address.word("span", [...BUDGET_SPANS], "The period of the budget is shown") as
    | BudgetSpan
    | undefined;
  const withPast = input.address.word("past", ["on"], "Use on") === "on";
  input.address.only([...TRAVELLING, "span", "past", "table"]);
  const page = await load(ctx, scope, span);
  const { view } = page;
  const { currency, zone } = ctx.ledger;
  const path = `/budgets/${encodeURIComponent(scopeId(scope))}`;
  const today = dayKey(dateOf(input.now, zone));
  const entry = budgetOn(view.entries, today);
  return (
    <>
      <PageHeader
        title={`${view.name}: budget and forecast`}
        trail={[{ label: "Budgets & forecast", href: href("/budgets", travelling(params)) }]}
        notice={input.notice}
        controls={<SpanSwitch path={path} params={params} now={view.outlook.span.kind} />}
      >
        {view.outlook.span.id}, {formatDay(view.outlook.span.fromDay)} up to {formatDay(view.outlook.span.untilDay)}
      </PageHeader>
      <p className="mb-6 text-base">
        <strong className="font-medium">{sentenceOf(view.name, view.outlook, view.budget, currency)}</strong>{" "}
        <CauseLink scope={scope} span={view.period} />
      </p>
      <BudgetKpis view={view} currency={currency} />
      <ScopeBurnDown page={page} currency={currency} path={path} params={params} withPast={withPast} />
      <Card view={view} card={page.card} cardMonths={page.cardMonths} />
      {view.mayEdit && (
        <Section
          title={entry ? "Change the budget" : "Set a budget"}
          note="in force from a day on, until another replaces it"
        >
          <BudgetForm
            scopes={[{ value: scopeId(scope), label: view.name }]}
            from={dateOfKey(firstDayOf(entry, today, ctx))}
            now={entry}
          />
          {entry && (
            <div className="mt-4">
              <EndForm scope={scopeId(scope)} from={dateOfKey(view.outlook.span.untilDay)} />
            </div>
          )}
        </Section>
      )}
      <Events page={page} currency={currency} today={dateOfKey(today)} />
      <Versions page={page} currency={currency} zone={input.zone} />
      {mayDo(ctx.viewer, "audit.read") && <Changes ctx={ctx} scope={scope} name={view.name} zone={input.zone} />}
    </>
  );
}

/** Where the cost of the period is taken apart: what it was spent on, and why it changed. */
/** From when a change holds: the first day of the running period – of a month without a budget – that the budget in force has. */
function firstDayOf(entry: Budget | undefined, today: number, { ledger }: Ctx): number {
  const { fromDay } = spanOfDay(today, entry?.span ?? "month", ledger.calendar);
  return Math.max(fromDay, entry?.fromDay ?? 0);
}

function CauseLink({ scope: { kind, value }, span }: { scope: BudgetScope; span: CalendarSpan }) {
  const days = { from: dateOfKey(span.fromDay), to: dateOfKey(span.untilDay) };
  const to =
    kind === "project"
      ? href(`/projects/${value}`, days)
      : href("/spend", { ...days, team: kind === "team" ? value : undefined });
  return <TextLink to={to}>What it was spent on</TextLink>;
}

async function load(ctx: Ctx, scope: BudgetScope, span: BudgetSpan | undefined): Promise<BudgetPage> {
  try {
    return await loadBudgetPage(ctx, scope, span);
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  }
}

function SpanSwitch({ path, params, now }: { path: string; params: Params; now: BudgetSpan }) {
  return (
    <Switch
      label="Period"
      options={BUDGET_SPANS.map((span) => ({
        label: SPAN_LABELS[span],
        href: href(path, params, { span }),
        active: span === now,
      }))}
    />
  );
}

async function Changes({ ctx, scope, name, zone }: { ctx: Ctx; scope: BudgetScope; name: string; zone: string }) {
  const subject = `budget/${scopeId(scope)}`;
  const acts = await listActs(readerFor(ctx, "budgets.read"), 20, subject);
  return (
    <Section title="Changes" note="newest first">
      <AuditList acts={acts} zone={zone} empty="Nobody has changed it yet." names={new Map([[subject, name]])} />
    </Section>
  );
}
