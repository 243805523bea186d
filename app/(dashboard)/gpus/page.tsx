import type { Metadata } from "next";
import { readInput, type Search } from "@/app/page-input";
import { ClassSwatch } from "@/components/class-bar";
import { CLASS_ORDER, classLabel } from "@/components/classes";
import { FilterSelect } from "@/components/filter-select";
import { formatGpus, formatMoment, formatPercent } from "@/components/format";
import { href } from "@/components/href";
import { Empty, PageHeader } from "@/components/page-header";
import { listClusters, listWorkloadChoices } from "@/lib/reports/pages/choices";
import { type Fleet, loadFleet } from "@/lib/reports/pages/fleet";
import { percentOf } from "@/lib/units";
import { Switch } from "../trend";
import { FleetMap } from "./fleet-map";
import { FleetTable } from "./fleet-table";

export const metadata: Metadata = { title: "GPUs" };

export default async function GpusPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  const { params } = input;
  const [fleet, clusters, choices] = await Promise.all([
    loadFleet(input.ctx, { cluster: input.cluster, project: input.project }),
    listClusters(input.ctx),
    listWorkloadChoices(input.ctx),
  ]);
  const asTable = params.view === "table";
  return (
    <>
      <PageHeader
        title="GPUs"
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
            <FilterSelect
              name="project"
              label="Project"
              any="All projects"
              options={choices.projects.map((p) => ({ value: String(p.key), label: p.name }))}
            />
            <Switch
              label="View"
              options={[
                { label: "Map", href: href("/gpus", params, { view: undefined }), active: !asTable },
                { label: "Table", href: href("/gpus", params, { view: "table" }), active: asTable },
              ]}
            />
          </>
        }
      >
        {fleet.asOfAt === null
          ? "Nothing has been seen yet."
          : `${formatGpus(fleet.totalMilli)} GPUs, what each does as of ${formatMoment(fleet.asOfAt, input.zone)} (${input.zone}).`}
      </PageHeader>
      {fleet.nodes.length === 0 ? (
        <Empty title={input.project || input.cluster ? "No GPU matches" : "No GPU has been seen yet"}>
          {input.project || input.cluster
            ? "Take a filter away."
            : "The map fills with the first sync. See the sync page for what it waits for."}
        </Empty>
      ) : (
        <>
          <Counts fleet={fleet} />
          {asTable ? (
            <FleetTable nodes={fleet.nodes} zone={input.zone} now={input.now} params={params} />
          ) : (
            <FleetMap nodes={fleet.nodes} zone={input.zone} now={input.now} />
          )}
        </>
      )}
    </>
  );
}

function Counts({ fleet }: { fleet: Fleet }) {
  return (
    <dl className="mb-6 flex flex-wrap gap-x-7 gap-y-3 border-y py-3">
      {CLASS_ORDER.filter((c) => fleet.classes[c] > 0).map((c) => (
        <div key={c}>
          <dt className="flex items-center gap-1.5 text-xs text-soft">
            <ClassSwatch of={c} letter />
            {classLabel(c)}
          </dt>
          <dd className="mt-0.5 font-semibold">
            {formatGpus(fleet.classes[c])}
            <span className="ml-1.5 text-xs font-normal text-faint">
              {formatPercent(percentOf(fleet.classes[c], fleet.totalMilli))}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
