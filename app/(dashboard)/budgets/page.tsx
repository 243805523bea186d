import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { scopeOptions } from "@/app/scope-choices.ts";
import { href, TRAVELLING } from "@/components/href.ts";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { List } from "@/components/tables/list.tsx";
import { Switch } from "@/components/ui/switch.tsx";
import { TextLink } from "@/components/ui/text-link.tsx";
import { findPlaces } from "@/lib/budgets/places.ts";
import { scopeId } from "@/lib/budgets/types.ts";
import { sentenceOf } from "@/lib/budgets/words.ts";
import { byUrgency } from "@/lib/pages/budgets.ts";
import { addDays, dateOf, dateOfKey, dayKey } from "@/lib/time.ts";
import { BudgetForm, CopyForm, ImportForm } from "./forms.tsx";
import { BUDGET_NAMES, readBudgets, scopePath } from "./lists.tsx";

export const metadata: Metadata = { title: "Budgets & forecast" };

const MOST_SENTENCES = 3;
/** Periods to look at; of each budget its own where none is chosen. */
const SPANS = [
  { label: "As budgeted", span: undefined },
  { label: "Month", span: "month" },
  { label: "Quarter", span: "quarter" },
  { label: "Year", span: "year" },
];

export default async function BudgetsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/budgets");
  input.address.only([...TRAVELLING, ...BUDGET_NAMES]);
  const [list, places] = await Promise.all([readBudgets(input), findPlaces(input.ctx)]);
  const { currency, zone } = input.ctx.ledger;
  const urgent = [...list.rows]
    .sort(byUrgency)
    .filter((o) => o.budget && o.budget.status !== "on_track")
    .slice(0, MOST_SENTENCES);
  const scopes = scopeOptions(places, (scope) => places.mayEdit(scope));
  const today = dayKey(dateOf(input.now, zone));
  const firstOfMonth = `${dateOfKey(today).slice(0, 7)}-01`;
  return (
    <>
      <PageHeader title="Budgets & forecast" notice={input.notice}>
        What each budget has left, what its period will come to, and when it is passed. A forecast is from complete days
        alone.
      </PageHeader>
      {urgent.length > 0 && (
        <ul className="mb-6 grid gap-1 text-base" aria-label="Needs a look">
          {urgent.map((o) => (
            <li key={scopeId(o.scope)}>
              <TextLink to={scopePath(o)}>{sentenceOf(o.name, o.outlook, o.budget, currency)}</TextLink>
            </li>
          ))}
        </ul>
      )}
      <List
        title="Budgets"
        note="of the period that today is in"
        controls={
          <Switch
            label="Period"
            options={SPANS.map(({ label, span }) => ({
              label,
              href: href("/budgets", input.params, { span }),
              active: input.params.span === span,
            }))}
          />
        }
        {...list}
        keyOf={(o) => scopeId(o.scope)}
        empty={
          <Empty title="Nothing is charged yet">Budgets and forecasts appear after the first days with a price.</Empty>
        }
      />
      {scopes.length > 0 && (
        <Section title="Set a budget" note="in force until another replaces it">
          <BudgetForm scopes={scopes} from={firstOfMonth} />
          <div className="mt-4 flex flex-wrap items-start gap-3">
            <ImportForm />
            <CopyForm scopes={scopes} day={dateOfKey(addDays(today, 31))} />
          </div>
        </Section>
      )}
    </>
  );
}
