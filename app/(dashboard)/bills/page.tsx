import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { type PageInput, readInput, type Search } from "@/app/page-input.ts";
import { formatDay, formatPercent } from "@/components/format.ts";
import { href, TRAVELLING } from "@/components/href.ts";
import { Kpis } from "@/components/kpis.tsx";
import { Money } from "@/components/money.tsx";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { DataTable } from "@/components/tables/data-table.tsx";
import { List } from "@/components/tables/list.tsx";
import { Switch } from "@/components/ui/switch.tsx";
import { BASES, type Basis } from "@/lib/bills/types.ts";
import { counted } from "@/lib/format.ts";
import { changeMicros } from "@/lib/money.ts";
import type { BillComparison } from "@/lib/pages/bills/comparison.ts";
import { BASIS_WORDS, BILL_NAMES, readBillComparison, readBills, varianceOf } from "./lists.tsx";

export const metadata: Metadata = { title: "Cloud bills" };

export default async function BillsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/bills");
  input.address.only([...TRAVELLING, ...BILL_NAMES]);
  const [{ comparison, basis, ...list }, bills] = await Promise.all([readBillComparison(input), readBills(input)]);
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
            Days with a bill and charges are compared. Import a bill with ledger bills import, a FOCUS file or an AWS
            Cost and Usage Report.
          </Empty>
        }
      />
      {bills.rows.length > 0 && (
        <Section title="Imported bills" note="newest first">
          <DataTable view={bills.view} rows={bills.rows} keyOf={(b) => b.id} />
        </Section>
      )}
    </>
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
  const { actualMicros: actual, estimatedMicros: estimated, otherMicros: other, days } = comparison;
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
          note: variance === null ? "nothing was charged" : `${formatPercent(variance)} of what was charged`,
        },
        { label: "Billed for the rest", value: <Money micros={other} currency={currency} />, note: "not compared" },
      ]}
    />
  );
}

/** Days that are left out: one without a bill cost nothing there only because nobody has imported it. */
function Missing({ comparison: { withoutBill, withoutCharges, days } }: { comparison: BillComparison }) {
  if (days.length === 0) return null;
  const parts = [
    ...(withoutBill.length ? [`${daysText(withoutBill)} without a bill`] : []),
    ...(withoutCharges.length ? [`${daysText(withoutCharges)} without charges`] : []),
  ];
  if (parts.length === 0) return null;
  return <p className="mb-6 text-sm text-soft">Left out: {parts.join("; ")}.</p>;
}

const daysText = (days: readonly number[]): string => {
  const [first = 0] = days;
  const last = days.at(-1) ?? first;
  const range = first === last ? formatDay(first) : `${formatDay(first)} to ${formatDay(last)}`;
  return `${counted(days.length, "day")} (${range})`;
};
