import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { ClassLegend } from "@/components/class-bar.tsx";
import { CLASS_ORDER } from "@/components/classes.ts";
import { ColumnTable } from "@/components/column-table.tsx";
import { FilterSelect } from "@/components/filter-select.tsx";
import { plural } from "@/components/format.ts";
import { href, travelling } from "@/components/href.ts";
import { Empty, PageHeader } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { TableTools } from "@/components/table-tools.tsx";
import { CLASS_DEFINITIONS } from "@/lib/classes.ts";
import { readProjects } from "./query.ts";

export const metadata: Metadata = { title: "Projects" };

export default async function ProjectsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/projects");
  const { params, clusters } = input;
  const { view, rows } = await readProjects(input);
  return (
    <>
      <PageHeader
        title="Projects"
        notice={input.notice}
        controls={
          <>
            {clusters.length > 1 && (
              <FilterSelect name="cluster" label="Cluster" any="All clusters" options={clusters} />
            )}
            <TableTools view={view} csv={href("/projects/download", params)} />
            <PeriodControl period={input.period} zone={input.billingZone} />
          </>
        }
      >
        {plural(rows.length, "project")}. What each held, what it did with it, and how much of that was observed.
      </PageHeader>
      {rows.length === 0 ? (
        <Empty title="No project is known yet">Projects appear with the first sync.</Empty>
      ) : (
        <>
          <div className="mb-3">
            <ClassLegend
              of={CLASS_ORDER.filter((c) => CLASS_DEFINITIONS[c].held && rows.some((r) => r.classes[c] > 0))}
            />
          </div>
          <ColumnTable
            label="Projects"
            lead={["hours"]}
            view={view}
            rows={rows}
            keyOf={(row) => row.key}
            look={{ zone: input.zone, now: input.now, carry: travelling(params) }}
            path="/projects"
            params={params}
          />
        </>
      )}
    </>
  );
}
