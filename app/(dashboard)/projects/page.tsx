import type { Metadata } from "next";
import { readInput, type Search } from "@/app/page-input";
import { ClassBar, ClassLegend } from "@/components/class-bar";
import { CLASS_ORDER } from "@/components/classes";
import { Coverage } from "@/components/coverage";
import { RowLink, Table, Td, Th } from "@/components/data-table";
import { FilterSelect } from "@/components/filter-select";
import { formatGpus, formatNumber, plural } from "@/components/format";
import { href, travelling } from "@/components/href";
import { Empty, PageHeader } from "@/components/page-header";
import { PeriodControl } from "@/components/period-control";
import { GpuHours, Percent, Unknown } from "@/components/quantity";
import { listClusters } from "@/lib/reports/pages/choices";
import { loadProjects, PROJECT_SORTS, type ProjectRow, type ProjectSort } from "@/lib/reports/pages/projects";

export const metadata: Metadata = { title: "Projects" };

export default async function ProjectsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  const { params } = input;
  const sort = PROJECT_SORTS.find((s) => s === params.sort) ?? "gpu-hours";
  const descending = params.dir ? params.dir === "desc" : sort !== "name";
  const [rows, clusters] = await Promise.all([
    loadProjects(input.ctx, { period: input.period, cluster: input.cluster, sort, descending }),
    listClusters(input.ctx),
  ]);
  const sortLink = (by: ProjectSort) => {
    const active = by === sort;
    const next = active ? !descending : by !== "name";
    return { href: href("/projects", params, { sort: by, dir: next ? "desc" : "asc" }), active, descending };
  };
  return (
    <>
      <PageHeader
        title="Projects"
        notice={input.notice}
        controls={
          <>
            {clusters.length > 1 && (
              <FilterSelect
                name="cluster"
                label="Cluster"
                any="All clusters"
                options={clusters.map((c) => ({ value: c.id, label: c.name }))}
              />
            )}
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
              of={CLASS_ORDER.filter(
                (c) => c !== "unallocated" && c !== "unknown" && rows.some((r) => r.classes[c] > 0),
              )}
            />
          </div>
          <Table label="Projects">
            <thead>
              <tr>
                <Th sort={sortLink("name")}>Project</Th>
                <Th>Department</Th>
                <Th right sort={sortLink("gpu-hours")}>
                  GPU-hours
                </Th>
                <Th>By class</Th>
                <Th right sort={sortLink("idle")}>
                  Idle GPU-h
                </Th>
                <Th right sort={sortLink("utilisation")}>
                  Utilisation
                </Th>
                <Th right>Held, mean GPUs</Th>
                <Th right sort={sortLink("quota")}>
                  Quota, GPUs
                </Th>
                <Th right sort={sortLink("coverage")}>
                  Coverage
                </Th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Project
                  key={row.key}
                  row={row}
                  to={href(`/projects/${row.key}`, travelling(params))}
                  whole={Math.max(...rows.map((r) => r.allocatedMilli))}
                />
              ))}
            </tbody>
          </Table>
        </>
      )}
    </>
  );
}

function Project({ row, to, whole }: { row: ProjectRow; to: string; whole: number }) {
  const over = row.quotaMilli !== null && row.heldMilli > row.quotaMilli;
  return (
    <tr className="hover:bg-raised">
      <Td>
        <RowLink to={to}>{row.name}</RowLink>
        <span className="ml-2 text-xs text-faint">{row.cluster}</span>
      </Td>
      <Td>{row.department || <Unknown />}</Td>
      <Td right>
        <GpuHours milli={row.allocatedMilli} />
      </Td>
      <Td className="w-1/4 min-w-36">
        <ClassBar classes={row.classes} whole={whole} />
      </Td>
      <Td right>
        <GpuHours milli={row.classes["dead-idle"] + row.classes["idle-held"]} />
      </Td>
      <Td right>
        <Percent value={row.utilisationPercent} why="Mean over allocated GPU time with samples" />
      </Td>
      <Td right>
        <span className={over ? "text-warn" : ""} title={over ? "More than its quota, on average" : undefined}>
          {formatNumber(row.heldMilli / 1000, 1)}
        </span>
      </Td>
      <Td right>{row.quotaMilli === null ? <Unknown why="No source tells a quota" /> : formatGpus(row.quotaMilli)}</Td>
      <Td right>
        <Coverage percent={row.coveragePercent} observedMilli={row.observedMilli} expectedMilli={row.expectedMilli} />
      </Td>
    </tr>
  );
}
