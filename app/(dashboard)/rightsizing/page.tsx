import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { FilterSelect } from "@/components/filter-select.tsx";
import { plural } from "@/components/format.ts";
import { href, travelling } from "@/components/href.ts";
import { Kpis } from "@/components/kpis.tsx";
import { Money } from "@/components/money.tsx";
import { Empty, PageHeader } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { List } from "@/components/tables/list.tsx";
import { Pager } from "@/components/tables/pager.tsx";
import { Switch } from "@/components/ui/switch.tsx";
import { TextLink } from "@/components/ui/text-link.tsx";
import { sumExactly } from "@/lib/money.ts";
import { keyOfAdvice } from "./columns.tsx";
import { readRightSizing, type RightSizingPage as Shown } from "./query.ts";

/** Pieces of advice on a page. */
const SHOWN = 50;

export const metadata: Metadata = { title: "Right-sizing" };

/** What workloads could do without, with what was measured, and what people decided about it. */
export default async function RightSizingPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/rightsizing");
  const page = await readRightSizing(input);
  const { clusters, params } = input;
  const { list, state, kinds, teams } = page;
  const at = input.address.page();
  const to = (wanted: string | undefined) => href("/rightsizing", params, { state: wanted, page: undefined });
  return (
    <>
      <PageHeader
        title="Right-sizing"
        notice={input.notice}
        controls={
          <>
            {clusters.length > 1 && (
              <FilterSelect name="cluster" label="Cluster" any="All clusters" options={clusters} />
            )}
            {teams.length > 1 && <FilterSelect name="team" label="Team" any="All teams" options={teams} />}
            {kinds.length > 1 && <FilterSelect name="kind" label="Kind" any="All kinds" options={kinds} />}
            <PeriodControl input={input} />
          </>
        }
      >
        What workloads could do without, by what was measured of them. A saving is part of what was spent in the period,
        never more, and no promise.
      </PageHeader>
      <Figures page={page} currency={input.ctx.ledger.currency} />
      <List
        title="Advice"
        note="from a day of data on; one piece for each workload and GPU model, the one that saves most"
        controls={
          <Switch
            label="State"
            options={[
              { label: "To decide", active: state === undefined, href: to(undefined) },
              { label: "Done or dismissed", active: state === "decided", href: to("decided") },
              { label: "All", active: state === "any", href: to("any") },
            ]}
          />
        }
        {...list}
        rows={list.rows.slice((at - 1) * SHOWN, at * SHOWN)}
        all={list.rows}
        keyOf={keyOfAdvice}
        foot="All advice"
        empty={list.rows.length === 0 ? <Nothing page={page} /> : null}
      >
        {(list.rows.length > SHOWN || at > 1) && (
          <Pager view={list.view} page={at} size={SHOWN} count={list.rows.length} />
        )}
      </List>
      <p className="mt-3 text-xs">
        <TextLink to={href("/savings", travelling(params))}>What was done, and what it saved since</TextLink>
      </p>
    </>
  );
}

function Nothing({ page }: { page: Shown }) {
  if (page.state === "decided")
    return <Empty title="Nothing is decided yet">Record what was done, or dismiss it.</Empty>;
  if (page.decided > 0)
    return <Empty title="Everything is decided">All advice of the period is done or dismissed.</Empty>;
  return (
    <Empty title="Nothing to do better is known">
      A workload needs 24 hours of data in the period, half of them observed, and a price.
    </Empty>
  );
}

function Figures({ page: { undecided, decided }, currency }: { page: Shown; currency: string }) {
  const possible = undecided.flatMap((r) => r.savingMicros ?? []);
  const sure = undecided.filter((r) => r.confidence === "high").flatMap((r) => r.savingMicros ?? []);
  const money = (list: readonly number[], headline = false) =>
    list.length ? <Money headline={headline} micros={sumExactly(list)} currency={currency} /> : "–";
  return (
    <Kpis
      items={[
        {
          label: "Could have been saved",
          value: money(possible, true),
          note: `${plural(undecided.length, "recommendation")}, ${possible.length} with a saving`,
        },
        { label: "Of it with high confidence", value: money(sure), note: plural(sure.length, "recommendation") },
        { label: "Done or dismissed", value: String(decided), note: "counts in no sum above" },
      ]}
    />
  );
}
