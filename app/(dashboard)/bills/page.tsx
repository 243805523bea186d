import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { type PageInput, readInput, type Search } from "@/app/page-input.ts";
import { formatDay, formatMoney, formatPercent } from "@/components/format.ts";
import { href, TRAVELLING } from "@/components/href.ts";
import { Kpis } from "@/components/kpis.tsx";
import { Money } from "@/components/money.tsx";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { ReadingTable } from "@/components/reading-table.tsx";
import { DataTable } from "@/components/tables/data-table.tsx";
import { List } from "@/components/tables/list.tsx";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { CheckField, FileField, TextField } from "@/components/ui/field.tsx";
import { Switch } from "@/components/ui/switch.tsx";
import { mayDo, readerFor } from "@/lib/auth/allow.ts";
import { CALL_MICROS, EXPLORER_READING } from "@/lib/bills/explorer.ts";
import { BASES, type Basis } from "@/lib/bills/types.ts";
import { env } from "@/lib/env.ts";
import { counted } from "@/lib/format.ts";
import { explorerCalls } from "@/lib/jobs/outside.ts";
import { changeMicros } from "@/lib/money.ts";
import type { BillComparison } from "@/lib/pages/bills/comparison.ts";
import { listReadings, type Reading } from "@/lib/readings/index.ts";
import { importBillFile, readExplorer } from "./actions.ts";
import { BASIS_WORDS, BILL_NAMES, readBillComparison, readBills, varianceOf } from "./lists.tsx";

export const metadata: Metadata = { title: "Cloud bills" };

export default async function BillsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/bills");
  input.address.only([...TRAVELLING, ...BILL_NAMES]);
  const mayImport = mayDo(input.ctx.viewer, "costs.import");
  const [{ comparison, basis, ...list }, bills, calls, readings] = await Promise.all([
    readBillComparison(input),
    readBills(input, mayImport),
    explorerCalls(input.ctx, env()),
    listReadings(readerFor(input.ctx, "costs.read"), EXPLORER_READING, 10),
  ]);
  return (
    <>
      <PageHeader
        title="Cloud bills"
        notice={input.notice}
        controls={
          <>
            <BasisSwitch input={input} current={basis} />
            <PeriodControl input={input} />
          </>
        }
      >
        What clouds billed for GPUs against what the ledger charged for them. Bills are compared, and charged to nobody.
      </PageHeader>
      {comparison.days.length > 0 && <Totals input={input} comparison={comparison} />}
      <Missing comparison={comparison} />
      <List
        title="By team"
        note="the largest difference first"
        {...list}
        keyOf={(r) => r.teamKey}
        empty={
          <Empty title="Nothing to compare in this period">
            Days with a bill and charges are compared. Import a FOCUS file or an AWS Cost and Usage Report.
          </Empty>
        }
      />
      {(calls || readings.length > 0) && (
        <Explorer input={input} calls={calls} readings={readings} mayRead={mayImport} />
      )}
      {mayImport && <Import />}
      {bills.rows.length > 0 && (
        <Section title="Imported bills" note="newest first">
          <DataTable view={bills.view} rows={bills.rows} keyOf={(b) => b.id} />
        </Section>
      )}
    </>
  );
}

function Import() {
  return (
    <Section
      title="Import a bill"
      note="FOCUS 1.0 to 1.4 of any cloud, or an AWS Cost and Usage Report; all of its lines, or none"
    >
      <ActionForm action={importBillFile} label="Import" busy="Reading…" look="plain">
        <FileField label="Bill (CSV, also .gz)" name="bill" accept=".csv,.gz,text/csv" />
        <div className="sm:pt-5.5">
          <CheckField label="Replace what is there of the same bills" name="replace" />
        </div>
      </ActionForm>
    </Section>
  );
}

type Calls = Awaited<ReturnType<typeof explorerCalls>>;

/** What AWS Cost Explorer was asked, and what that costs: each request does. */
function Explorer({
  input,
  calls,
  readings,
  mayRead,
}: {
  input: PageInput;
  calls: Calls;
  readings: readonly Reading[];
  mayRead: boolean;
}) {
  const cost = (count: number) => formatMoney(count * CALL_MICROS, "USD");
  return (
    <Section
      title="AWS Cost Explorer"
      note={
        calls
          ? `${counted(calls.calls, "call")} this month for ${cost(calls.calls)}, at most ${calls.most} for ${cost(calls.most)}`
          : "off"
      }
    >
      <ReadingTable readings={readings} zone={input.zone} now={input.now} />
      {calls && mayRead && (
        <ActionForm action={readExplorer} label="Read" busy="Reading…" look="plain" className="mt-3">
          <TextField
            label="Month"
            name="month"
            placeholder="what is due"
            hint="or one month, such as 2026-10; each page costs 0.01 USD"
          />
        </ActionForm>
      )}
    </Section>
  );
}

function BasisSwitch({ input, current }: { input: PageInput; current: Basis }) {
  const { params } = input;
  const options = BASES.map((basis) => ({
    label: BASIS_WORDS[basis],
    href: href("/bills", params, { basis: basis === "effective" ? undefined : basis }),
    active: basis === current,
  }));
  return <Switch label="Basis" options={options} />;
}

function Totals({ input: { ctx }, comparison }: { input: PageInput; comparison: BillComparison }) {
  const { actualMicros: actual, estimatedMicros: estimated, otherMicros: other, days, parts } = comparison;
  const { currency } = ctx.ledger;
  const variance = varianceOf(actual, estimated);
  return (
    <Kpis
      items={[
        {
          label: "Billed for GPUs",
          value: <Money micros={actual} currency={currency} />,
          note: `on ${counted(days.length, "day")} with a bill and charges`,
        },
        { label: "Charged", value: <Money micros={estimated} currency={currency} />, note: "usage and shares" },
        {
          label: "Difference",
          value: <Money micros={changeMicros(actual, estimated)} currency={currency} />,
          note:
            variance === null
              ? "nothing was charged"
              : parts
                ? `${formatPercent(variance)}: ${formatMoney(parts.priceMicros, currency)} by price, ${formatMoney(parts.volumeMicros, currency)} by time`
                : `${formatPercent(variance)} of what was charged`,
        },
        { label: "Billed for the rest", value: <Money micros={other} currency={currency} />, note: "not compared" },
      ]}
    />
  );
}

/** Days that are left out: one without a bill cost nothing there only because nobody has imported it. */
function Missing({ comparison: { withoutBill, withoutCharges, days, notFinal } }: { comparison: BillComparison }) {
  if (days.length === 0) return null;
  const parts = [
    ...(withoutBill.length ? [`${daysText(withoutBill)} without a bill`] : []),
    ...(withoutCharges.length ? [`${daysText(withoutCharges)} without charges`] : []),
  ];
  const left = parts.length ? `Left out: ${parts.join("; ")}.` : "";
  const open = notFinal.length ? `Not final, by the cloud: ${daysText(notFinal)}.` : "";
  if (left === "" && open === "") return null;
  return <p className="mb-6 text-sm text-soft">{[left, open].filter(Boolean).join(" ")}</p>;
}

const daysText = (days: readonly number[]): string => {
  const [first = 0] = days;
  const last = days.at(-1) ?? first;
  const range = first === last ? formatDay(first) : `${formatDay(first)} to ${formatDay(last)}`;
  return `${counted(days.length, "day")} (${range})`;
};
