import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { SavedViews } from "@/app/saved-views.tsx";
import { plural } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { Empty, PageHeader } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { DataTable } from "@/components/tables/data-table.tsx";
import { Pager } from "@/components/tables/pager.tsx";
import { TableTools } from "@/components/tables/table-tools.tsx";
import { Switch } from "@/components/ui/switch.tsx";
import { dayText } from "@/lib/budgets/words.ts";
import { ANOMALY_STATES, MEASURES } from "@/lib/insights/anomalies/types.ts";
import { MEASURE_MEANINGS, MEASURE_WORDS, STATE_WORDS } from "@/lib/insights/anomalies/words.ts";
import { type AnomaliesPage as AnomaliesView, readAnomalies } from "./query.ts";

export const metadata: Metadata = { title: "Anomalies" };

const PAGE_SIZE = 50;
const MOST_DAYS = 5;

export default async function AnomaliesPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/anomalies");
  const { list, found, measure, state, kind, counts } = await readAnomalies(input);
  const { params } = input;
  const page = input.address.page();
  const to = (patch: Record<string, string | undefined>) => href("/anomalies", params, { page: undefined, ...patch });
  const { untested } = found;
  return (
    <>
      <PageHeader
        title="Anomalies"
        notice={input.notice}
        controls={
          <>
            <SavedViews input={input} path="/anomalies" />
            <TableTools view={list.view} />
            <PeriodControl input={input} />
          </>
        }
      >
        {plural(list.rows.length, "anomaly", "anomalies")} of{" "}
        {plural(found.scopes, "team or project", "teams and projects")}:{" "}
        {measure === "all" ? "all measures" : MEASURE_MEANINGS[measure]}. A day counts where it is unusual and worth
        money.
        {untested.length > 0 &&
          ` ${plural(untested.length, "day")} not tested, for less than 95 % is known: ${untested.slice(0, MOST_DAYS).map(dayText).join(", ")}${untested.length > MOST_DAYS ? " …" : ""}.`}
      </PageHeader>
      <div className="mb-4 flex flex-wrap gap-3">
        <Switch
          label="Measure"
          options={[...MEASURES, "all" as const].map((m) => ({
            label: m === "all" ? "All" : MEASURE_WORDS[m],
            active: m === measure,
            href: to({ measure: m === "spend" ? undefined : m }),
          }))}
        />
        <Switch
          label="Of"
          options={([undefined, "team", "project"] as const).map((k) => ({
            label: k === undefined ? "Teams and projects" : k === "team" ? "Teams" : "Projects",
            active: k === kind,
            href: to({ kind: k }),
          }))}
        />
        <Switch
          label="State"
          options={[...ANOMALY_STATES, "any" as const]
            .filter((s) => s === "open" || s === "any" || s === state || counts[s])
            .map((s) => ({
              label: s === "any" ? "All" : `${STATE_WORDS[s]} ${counts[s] ?? 0}`,
              active: s === state,
              href: to({ state: s === "open" ? undefined : s }),
            }))}
        />
      </div>
      <DataTable
        view={list.view}
        rows={list.rows.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE)}
        keyOf={(a) => a.id}
        empty={<NoAnomaly state={state} counts={counts} scopes={found.scopes} />}
      />
      {list.rows.length > PAGE_SIZE && (
        <Pager
          view={{ at: { path: "/anomalies", params }, prefix: "" }}
          page={page}
          size={PAGE_SIZE}
          count={list.rows.length}
        />
      )}
    </>
  );
}

/** Why the list is empty: others are in another state, nothing is there to look at, or nothing is unusual. */
function NoAnomaly({ state, counts, scopes }: Pick<AnomaliesView, "state" | "counts"> & { scopes: number }) {
  const others = Object.values(counts).reduce((sum, n) => sum + n, 0);
  if (state !== "any" && others > 0)
    return (
      <Empty title={`No anomaly of this period is ${STATE_WORDS[state].toLowerCase()}`}>
        {plural(others, "anomaly is", "anomalies are")} in another state: choose it above, or All.
      </Empty>
    );
  if (scopes === 0)
    return <Empty title="No team or project to look at">Anomalies are of teams and projects that you may see.</Empty>;
  return (
    <Empty title="No unusual day was found in this period">
      A day is compared with known days before it; with fewer than two weeks of them it is not judged.
    </Empty>
  );
}
