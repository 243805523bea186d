import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { needPage } from "@/app/need-page.ts";
import { type PageInput, readInput, type Search } from "@/app/page-input.ts";
import { scopeOptions } from "@/app/scope-choices.ts";
import { AuditList } from "@/components/audit/audit-list.tsx";
import { Facts } from "@/components/facts.tsx";
import { formatDay } from "@/components/format.ts";
import { href, TRAVELLING, travelling } from "@/components/href.ts";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { List } from "@/components/tables/list.tsx";
import { mayDo, readerFor } from "@/lib/auth/allow.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { findPlaces } from "@/lib/budgets/places.ts";
import { AppError } from "@/lib/errors.ts";
import { dateOf } from "@/lib/time.ts";
import { perText, type StoredUnit } from "@/lib/unit-costs/types.ts";
import type { UnitView } from "@/lib/unit-costs/unit-views.ts";
import { ArchiveForm, CountForms, UnitForm } from "../forms.tsx";
import { DAY_NAMES, readUnitDays, unitKeyOf } from "../lists.tsx";
import { UnitChart } from "./chart.tsx";
import { UnitKpis } from "./kpis.tsx";

export const metadata: Metadata = { title: "Unit cost" };

interface Props {
  readonly params: Promise<{ unit: string }>;
  readonly searchParams: Search;
}

export default async function UnitPage({ params: route, searchParams }: Props) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/units");
  input.address.only([...TRAVELLING, ...DAY_NAMES, "table"]);
  const { of: view, ...list } = await load(input, (await route).unit);
  const { ctx, params } = input;
  const { unit } = view;
  return (
    <>
      <PageHeader
        title={unit.name}
        trail={[{ label: "Unit costs", href: href("/units", travelling(params)) }]}
        notice={input.notice}
        controls={<PeriodControl input={input} />}
      >
        Cost per {perText(unit)}, {view.scopeName}
        {unit.note && `. ${unit.note}`}
      </PageHeader>
      <UnitKpis view={view} currency={ctx.ledger.currency} />
      {view.days.length === 0 ? (
        <Empty title="No day of this period is over">Choose an earlier period, or come back tomorrow.</Empty>
      ) : (
        <UnitChart view={view} currency={ctx.ledger.currency} params={params} />
      )}
      <List title="Days" note="newest first" {...list} keyOf={(d) => d.day} empty={null} />
      {view.mayCount && (
        <Section title="Record counts" note="a count under the same id replaces the one before">
          <CountForms unit={unit} day={dateOf(input.now, input.billingZone)} />
        </Section>
      )}
      <Definition view={view} />
      {view.mayEdit && <Edit input={input} unit={unit} />}
      {mayDo(ctx.viewer, "audit.read") && <Changes input={input} unit={unit} />}
    </>
  );
}

async function load(input: PageInput, given: string) {
  try {
    return await readUnitDays(input, unitKeyOf(given));
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  }
}

const SOURCE_WORDS = {
  reported: "reported by the API, a file or by hand",
  query: "a query of the source",
  requests: "requests that the inference workloads report to Run:ai",
  tokens: "tokens that vLLM counts for the inference workloads, read from Prometheus",
} as const;

function Definition({ view: { unit, scopeName } }: { view: UnitView }) {
  const narrowed = [unit.category, unit.label, unit.gpuModel].filter(Boolean).join(", ");
  return (
    <Section title="Definition">
      <Facts
        items={[
          ["Whose cost", narrowed ? `${scopeName}: ${narrowed}` : scopeName],
          ["Unused capacity and imported cost", unit.loaded ? "with them" : "without them"],
          ["Counts", SOURCE_WORDS[unit.source]],
          ...(unit.source === "query" ? [["Query", <code key="query">{unit.query}</code>] as const] : []),
          ...(unit.source === "reported" ? [] : [["Read from", formatDay(unit.countsFromDay)] as const]),
        ]}
      />
    </Section>
  );
}

async function Edit({ input: { ctx, now, billingZone }, unit }: { input: PageInput; unit: StoredUnit }) {
  const mayQuery = mayDo(ctx.viewer, "units.query");
  if (unit.source === "query" && !mayQuery) return null;
  const places = await findPlaces(ctx);
  return (
    <Section title="Change it">
      <UnitForm
        unit={unit}
        scopes={scopeOptions(places, (scope) => places.mayEdit(scope, "units.edit"), unit.scope)}
        from={dateOf(now, billingZone)}
        mayQuery={mayQuery}
      />
      <div className="mt-4">
        <ArchiveForm unit={unit} />
      </div>
    </Section>
  );
}

async function Changes({ input: { ctx, zone }, unit }: { input: PageInput; unit: StoredUnit }) {
  const subject = `unit/${unit.key}`;
  const acts = await listActs(readerFor(ctx, "audit.read"), 20, subject);
  return (
    <Section title="Changes" note="newest first">
      <AuditList acts={acts} zone={zone} empty="Nobody has changed it yet." names={new Map([[subject, unit.name]])} />
    </Section>
  );
}
