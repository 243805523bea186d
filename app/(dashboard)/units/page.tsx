import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { scopeOptions } from "@/app/scope-choices.ts";
import { TRAVELLING } from "@/components/href.ts";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { List } from "@/components/tables/list.tsx";
import { mayDo } from "@/lib/auth/allow.ts";
import { findPlaces } from "@/lib/budgets/places.ts";
import { dateOf } from "@/lib/time.ts";
import { UnitForm } from "./forms.tsx";
import { readUnits, UNIT_NAMES } from "./lists.tsx";

export const metadata: Metadata = { title: "Unit costs" };

export default async function UnitsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/units");
  input.address.only([...TRAVELLING, ...UNIT_NAMES]);
  const [list, places] = await Promise.all([readUnits(input), findPlaces(input.ctx)]);
  const scopes = scopeOptions(places, (scope) => places.mayEdit(scope, "units.edit"));
  return (
    <>
      <PageHeader title="Unit costs" notice={input.notice} controls={<PeriodControl input={input} />}>
        What a request, a token, a training run or a lead costs. Days whose count or cost is unknown are left out, not
        counted as zero.
      </PageHeader>
      <List
        title="Units"
        note="days that are over"
        {...list}
        keyOf={(v) => v.unit.key}
        empty={
          <Empty title="No unit is defined yet">
            {scopes.length > 0
              ? "Define below what to count. Its cost follows from what is charged."
              : "Units of your teams appear here once somebody defines them."}
          </Empty>
        }
      />
      {scopes.length > 0 && (
        <Section title="Define a unit">
          <UnitForm
            scopes={scopes}
            from={dateOf(input.now, input.billingZone)}
            mayQuery={mayDo(input.ctx.viewer, "units.query")}
          />
        </Section>
      )}
    </>
  );
}
