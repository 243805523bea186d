import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { SavedViews } from "@/app/saved-views.tsx";
import { sparkDays } from "@/app/spark-days.ts";
import { ClassLegend } from "@/components/class-bar.tsx";
import { CLASS_ORDER } from "@/components/classes.ts";
import { FilterSelect } from "@/components/filter-select.tsx";
import { plural } from "@/components/format.ts";
import { Empty, PageHeader } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { DataTable } from "@/components/tables/data-table.tsx";
import { sparks, withSparks } from "@/components/tables/spark-column.tsx";
import { TableTools } from "@/components/tables/table-tools.tsx";
import { TextLink } from "@/components/ui/text-link.tsx";
import { CLASS_DEFINITIONS } from "@/lib/classes.ts";
import { loadProjectSparks } from "@/lib/pages/sparks.ts";
import { readProjects } from "./query.ts";

export const metadata: Metadata = { title: "Projects" };

export default async function ProjectsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/projects");
  const { clusters } = input;
  const { view, rows } = await readProjects(input);
  const { cost, days } = await sparkDays(input);
  const trend = await loadProjectSparks(input.ctx, cost, days);
  const ofProject = sparks<(typeof rows)[number]>(
    (p) => trend.of(p.key),
    (p) => p.name,
    trend.step,
  );
  const held = CLASS_ORDER.filter((c) => CLASS_DEFINITIONS[c].held && rows.some((r) => r.classes[c] > 0));
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
            <SavedViews input={input} path="/projects" />
            <TableTools view={view} />
            <PeriodControl input={input} />
          </>
        }
      >
        {plural(rows.length, "project")}. What each held, what it did with it, and how much of that was observed.
      </PageHeader>
      <div className="mb-3">
        <ClassLegend of={held} />
      </div>
      <DataTable
        view={withSparks(view, ofProject)}
        rows={rows}
        foot="All projects"
        empty={
          input.ctx.viewer.projects === "all" ? (
            <Empty title="No project is known yet">Projects appear with the first sync.</Empty>
          ) : (
            <Empty title="You see no project as a whole">
              Projects are listed for people who see everything in them. What you run is on{" "}
              <TextLink to="/workloads">Workloads</TextLink>.
            </Empty>
          )
        }
      />
    </>
  );
}
