import type { Metadata } from "next";
import { kindText } from "@/app/(dashboard)/rightsizing/kinds.ts";
import { needPage } from "@/app/need-page.ts";
import { type PageInput, readInput, type Search } from "@/app/page-input.ts";
import { FilterSelect } from "@/components/filter-select.tsx";
import { plural } from "@/components/format.ts";
import { href, travelling } from "@/components/href.ts";
import { Kpis } from "@/components/kpis.tsx";
import { Money } from "@/components/money.tsx";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { List } from "@/components/tables/list.tsx";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { SelectField, TextField } from "@/components/ui/field.tsx";
import { TextLink } from "@/components/ui/text-link.tsx";
import { mayDo } from "@/lib/auth/allow.ts";
import { KINDS } from "@/lib/insights/rightsizing/types.ts";
import { sumExactly } from "@/lib/money.ts";
import { dateOf } from "@/lib/time.ts";
import { record } from "./actions.ts";
import { readSavings, type SavingsPage as Shown } from "./lists.tsx";
import { SpotOffers } from "./spot-offers.tsx";

export const metadata: Metadata = { title: "Savings" };

export default async function SavingsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/savings");
  const page = await readSavings(input);
  const { realised } = page;
  const { clusters } = input;
  return (
    <>
      <PageHeader
        title="Savings"
        notice={input.notice}
        controls={
          <>
            {clusters.length > 1 && (
              <FilterSelect name="cluster" label="Cluster" any="All clusters" options={clusters} />
            )}
            <PeriodControl input={input} />
          </>
        }
      >
        What was saved by acting on advice, measured from charges.{" "}
        {page.advice && (
          <TextLink to={href("/rightsizing", travelling(input.params))}>What workloads could do without</TextLink>
        )}
      </PageHeader>
      <Figures page={page} currency={input.ctx.ledger.currency} />
      <List
        title="Realised savings"
        note="measured from charges: the seven days before against the days since; less work is no saving"
        {...realised}
        keyOf={(r) => r.action.id}
        foot="All records"
        empty={
          <Empty title="Nothing is recorded">
            {mayDo(input.ctx.viewer, "savings.record")
              ? "After acting on advice, record it here: what it saved is measured from then on."
              : "People who manage a team record what was done."}
          </Empty>
        }
      />
      {mayDo(input.ctx.viewer, "prices.read") && <SpotOffers ctx={input.ctx} />}
      {mayDo(input.ctx.viewer, "savings.record") && <RecordForm asked={page.asked} input={input} />}
    </>
  );
}

function Figures({ page: { advice, realised }, currency }: { page: Shown; currency: string }) {
  const possible = advice?.flatMap((r) => r.savingMicros ?? []);
  const known = realised.rows.flatMap((r) => r.measured?.savedMicros ?? []);
  const counting = realised.rows.filter((r) => r.state === "counting").length;
  return (
    <Kpis
      items={[
        ...(possible === undefined
          ? []
          : [
              {
                label: "Could have been saved",
                value: possible.length ? <Money headline micros={sumExactly(possible)} currency={currency} /> : "–",
                note: plural(advice?.length ?? 0, "recommendation"),
              },
            ]),
        {
          label: "Saved since it was done",
          value: known.length ? <Money micros={sumExactly(known)} currency={currency} /> : "–",
          note: `${plural(realised.rows.length, "record")}, ${counting} still counting`,
        },
      ]}
    />
  );
}

function RecordForm({ asked, input }: { asked: Shown["asked"]; input: PageInput }) {
  return (
    <Section
      id="record"
      title="Record what was done"
      note="of one workload or project, once for a day; what it saved is measured, not entered"
    >
      <ActionForm key={`${asked.kind} ${asked.subject}`} action={record} label="Record it">
        <SelectField
          label="What was done"
          name="kind"
          value={asked.kind || "terminate"}
          options={[...KINDS.filter((k) => k !== "upsize"), "other"].map((k) => ({ value: k, label: kindText(k) }))}
        />
        <SelectField
          label="To a"
          name="subjectKind"
          value={asked.subjectKind}
          options={[
            { value: "workload", label: "Workload" },
            { value: "project", label: "Project" },
          ]}
        />
        <TextField
          label="Its id"
          name="subject"
          required
          value={asked.subject}
          hint="of a project: cluster/project, or its name"
        />
        <TextField label="On" name="on" required value={dateOf(input.now, input.billingZone)} hint="YYYY-MM-DD" />
        <TextField label="Days that count" name="days" value="30" inputMode="numeric" hint="at most 90" />
        <TextField label="Note" name="note" />
      </ActionForm>
    </Section>
  );
}
