import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { SavedViews } from "@/app/saved-views.tsx";
import { sparkDays } from "@/app/spark-days.ts";
import { classLabel } from "@/components/classes.ts";
import { FilterSelect } from "@/components/filter-select.tsx";
import { Filters } from "@/components/filters.tsx";
import { plural } from "@/components/format.ts";
import { href, type Params } from "@/components/href.ts";
import { Empty, PageHeader } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { SearchBox } from "@/components/search-box.tsx";
import { DataTable } from "@/components/tables/data-table.tsx";
import { Pager } from "@/components/tables/pager.tsx";
import { sparks, withSparks } from "@/components/tables/spark-column.tsx";
import { TableTools } from "@/components/tables/table-tools.tsx";
import { loadWorkloadSparks } from "@/lib/pages/sparks.ts";
import { HEAVY, loadWorkloads } from "@/lib/pages/workloads.ts";
import { FILTERS, PAGE_SIZE, readWorkloads, type WorkloadList } from "./query.ts";

export const metadata: Metadata = { title: "Workloads" };

export default async function WorkloadsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/workloads");
  const list = await readWorkloads(input);
  const { rows, count } = await loadWorkloads(input.ctx, list.query);
  const { cost, days } = await sparkDays(input);
  const keys = rows.map((r) => r.key);
  const trend = await loadWorkloadSparks(input.ctx, cost, days, keys);
  const ofWorkload = sparks<(typeof rows)[number]>(
    (w) => trend.of(w.key),
    (w) => w.name,
    trend.step,
  );
  const { params } = input;
  const filtered = FILTERS.some((f) => params[f]);
  return (
    <>
      <PageHeader
        title="Workloads"
        notice={input.notice}
        controls={
          <>
            <SavedViews input={input} path="/workloads" />
            <TableTools view={list.view} />
            <PeriodControl input={input} />
          </>
        }
      >
        {plural(count, "workload")} with usage in this period{filtered ? ", of those that match" : ""}.
      </PageHeader>
      <FilterRow list={list} clusters={input.clusters} params={params} filtered={filtered} />
      {count === 0 ? (
        <Empty title={filtered ? "No workload matches" : "No workload used anything in this period"}>
          {filtered
            ? "Remove a filter, or choose a longer period."
            : "Choose another period, or see on the sync page how far the data reaches."}
        </Empty>
      ) : (
        <>
          {rows.length > 0 && <DataTable view={withSparks(list.view, ofWorkload)} rows={rows} />}
          <Pager view={list.view} page={list.page} size={PAGE_SIZE} count={count} />
        </>
      )}
    </>
  );
}

interface FilterRowProps {
  readonly list: WorkloadList;
  readonly clusters: readonly { value: string; label: string }[];
  readonly params: Params;
  readonly filtered: boolean;
}

function FilterRow({ list: { choices }, clusters, params, filtered }: FilterRowProps) {
  const none = Object.fromEntries(FILTERS.map((f) => [f, undefined]));
  return (
    <Filters count={FILTERS.filter((f) => params[f]).length}>
      <SearchBox label="Search workloads" placeholder="Name, user, namespace, id" />
      {clusters.length > 1 && <FilterSelect name="cluster" label="Cluster" any="All clusters" options={clusters} />}
      <FilterSelect name="project" label="Project" any="All projects" options={choices.project} />
      <FilterSelect name="user" label="User" any="All users" options={choices.user} />
      <FilterSelect name="category" label="Category" any="All categories" options={choices.category} />
      <FilterSelect name="phase" label="Phase" any="All phases" options={choices.phase} />
      <FilterSelect name="model" label="GPU model" any="All GPU models" options={choices.model} />
      <FilterSelect
        name="heavy"
        label="Class"
        any="Any class"
        options={HEAVY.map((c) => ({ value: c, label: `Mostly ${c === "idle" ? c : classLabel(c).toLowerCase()}` }))}
      />
      {filtered && (
        <a
          href={href("/workloads", params, { ...none, page: undefined })}
          className="px-1 text-sm text-accent hover:underline"
        >
          Clear
        </a>
      )}
    </Filters>
  );
}
