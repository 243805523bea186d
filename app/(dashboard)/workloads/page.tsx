import { Download } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { readInput, type Search } from "@/app/page-input";
import { FilterSelect } from "@/components/filter-select";
import { formatNumber } from "@/components/format";
import { href } from "@/components/href";
import { Empty, PageHeader } from "@/components/page-header";
import { Pager } from "@/components/pager";
import { PeriodControl } from "@/components/period-control";
import { SearchBox } from "@/components/search-box";
import { listClusters, listWorkloadChoices } from "@/lib/reports/pages/choices";
import { loadWorkloads } from "@/lib/reports/pages/workloads";
import { ColumnChoice } from "./column-choice";
import { chosenColumns, WORKLOAD_COLUMNS } from "./columns";
import { PAGE_SIZE, workloadsInput } from "./query";
import { WorkloadTable } from "./workload-table";

export const metadata: Metadata = { title: "Workloads" };

const HEAVY_LABELS = [
  ["idle", "Mostly idle"],
  ["dead-idle", "Mostly dead idle"],
  ["idle-held", "Mostly idle, memory held"],
  ["inefficient", "Mostly inefficient"],
  ["warm-serving", "Mostly warm serving"],
  ["no-data", "Mostly no data"],
  ["active", "Mostly active"],
] as const;

const FILTERS = ["project", "user", "category", "phase", "model", "heavy", "q", "cluster"];

export default async function WorkloadsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  const query = workloadsInput(input);
  const [{ rows, count }, choices, clusters] = await Promise.all([
    loadWorkloads(input.ctx, query),
    listWorkloadChoices(input.ctx),
    listClusters(input.ctx),
  ]);
  const { params } = input;
  const columns = chosenColumns(params.cols);
  const plain = (values: readonly string[]) => values.map((v) => ({ value: v, label: v }));
  const filtered = FILTERS.some((f) => params[f]);
  const none = Object.fromEntries(FILTERS.map((f) => [f, undefined]));
  return (
    <>
      <PageHeader
        title="Workloads"
        notice={input.notice}
        controls={
          <>
            <ColumnChoice
              all={WORKLOAD_COLUMNS.map(({ key, label }) => ({ key, label }))}
              chosen={columns.map((c) => c.key)}
            />
            <a
              href={href("/workloads/download", params, { page: undefined })}
              download
              className="no-print inline-flex h-8 items-center gap-1.5 rounded-md border border-line-strong px-2.5 text-sm hover:bg-raised"
            >
              <Download size={14} aria-hidden="true" className="text-faint" />
              CSV
            </a>
            <PeriodControl period={input.period} zone={input.billingZone} />
          </>
        }
      >
        {formatNumber(count)} with usage in this period{filtered ? ", of those that match" : ""}.
      </PageHeader>
      <div className="no-print mb-4 flex flex-wrap items-center gap-2">
        <SearchBox label="Search workloads" placeholder="Name, user, namespace, id" />
        {clusters.length > 1 && (
          <FilterSelect
            name="cluster"
            label="Cluster"
            any="All clusters"
            options={clusters.map((c) => ({ value: c.id, label: c.name }))}
          />
        )}
        <FilterSelect
          name="project"
          label="Project"
          any="All projects"
          options={choices.projects.map((p) => ({
            value: String(p.key),
            label: clusters.length > 1 ? `${p.name} (${p.cluster})` : p.name,
          }))}
        />
        <FilterSelect name="user" label="User" any="All users" options={plain(choices.users)} />
        <FilterSelect name="category" label="Category" any="All categories" options={plain(choices.categories)} />
        <FilterSelect name="phase" label="Phase" any="All phases" options={plain(choices.phases)} />
        <FilterSelect name="model" label="GPU model" any="All GPU models" options={plain(choices.models)} />
        <FilterSelect
          name="heavy"
          label="Class"
          any="Any class"
          options={HEAVY_LABELS.map(([value, label]) => ({ value, label }))}
        />
        {filtered && (
          <Link
            href={href("/workloads", params, { ...none, page: undefined })}
            prefetch={false}
            className="px-1 text-sm text-accent hover:underline"
          >
            Clear
          </Link>
        )}
      </div>
      {rows.length === 0 ? (
        <Empty title={filtered ? "No workload matches" : "No workload used anything in this period"}>
          {filtered
            ? "Take a filter away, or choose a longer period."
            : "Choose another period, or see on the sync page how far the data reaches."}
        </Empty>
      ) : (
        <>
          <WorkloadTable
            rows={rows}
            columns={columns}
            params={params}
            path="/workloads"
            sort={query.sort}
            descending={query.descending}
            zone={input.zone}
          />
          <Pager path="/workloads" params={params} page={query.page} size={PAGE_SIZE} count={count} />
        </>
      )}
    </>
  );
}
