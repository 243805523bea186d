import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { SavedViews } from "@/app/saved-views.tsx";
import { ClassSwatch } from "@/components/class-bar.tsx";
import { CLASS_ORDER, classLabel } from "@/components/classes.ts";
import { FilterSelect } from "@/components/filter-select.tsx";
import { formatGpus, formatMoment, formatPercent } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { Empty, PageHeader } from "@/components/page-header.tsx";
import { DataTable } from "@/components/tables/data-table.tsx";
import { Pager } from "@/components/tables/pager.tsx";
import { TableTools } from "@/components/tables/table-tools.tsx";
import { sortRows, type TableView } from "@/components/tables/view.ts";
import { Switch } from "@/components/ui/switch.tsx";
import { cardsOf, type FleetCard } from "@/lib/pages/cards.ts";
import type { Fleet } from "@/lib/pages/fleet.ts";
import { percentOf } from "@/lib/units.ts";
import { FleetMap } from "./fleet-map.tsx";
import { readFleet } from "./query.ts";

/** Cards on a page of the table. */
const MOST_CARDS = 250;

export const metadata: Metadata = { title: "GPUs" };

export default async function GpusPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/gpus");
  const { params, clusters } = input;
  const { fleet, projects, project, view } = await readFleet(input);
  const at = input.address.page();
  const asTable = params.view === "table";
  const narrowed = Boolean(project || input.cluster);
  return (
    <>
      <PageHeader
        title="GPUs"
        notice={input.notice}
        controls={
          <>
            {clusters.length > 1 && (
              <FilterSelect name="cluster" label="Cluster" any="All clusters" options={clusters} />
            )}
            <FilterSelect name="project" label="Project" any="All projects" options={projects} />
            <SavedViews input={input} path="/gpus" />
            {asTable && <TableTools view={view} />}
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
          ? fleet.whole
            ? "Nothing has been seen yet."
            : "The GPUs that workloads of yours or of your teams hold."
          : `${formatGpus(fleet.totalMilli)} ${fleet.totalMilli === 1000 ? "GPU" : "GPUs"}${fleet.whole ? "" : " that workloads of yours or of your teams hold"}, what each does as of ${formatMoment(fleet.asOfAt, input.zone)} (${input.zone}).`}
      </PageHeader>
      {fleet.nodes.length === 0 ? (
        <Nothing narrowed={narrowed} whole={fleet.whole} />
      ) : (
        <>
          <Counts fleet={fleet} />
          {asTable ? (
            <CardTable view={view} cards={sortRows(fleet.nodes.flatMap(cardsOf), view)} page={at} />
          ) : (
            <FleetMap nodes={fleet.nodes} zone={input.zone} now={input.now} currency={fleet.currency} />
          )}
        </>
      )}
    </>
  );
}

function CardTable({ view, cards, page }: { view: TableView<FleetCard>; cards: readonly FleetCard[]; page: number }) {
  const shown = cards.slice((page - 1) * MOST_CARDS, page * MOST_CARDS);
  return (
    <>
      {shown.length > 0 && <DataTable view={view} rows={shown} all={cards} foot="All of these GPUs" />}
      {(cards.length > MOST_CARDS || page > 1) && (
        <Pager view={view} page={page} size={MOST_CARDS} count={cards.length} />
      )}
    </>
  );
}

function Nothing({ narrowed, whole }: { narrowed: boolean; whole: boolean }) {
  if (narrowed) return <Empty title="No GPU matches">Remove a filter.</Empty>;
  if (!whole)
    return (
      <Empty title="No GPU is held now">A card is here while a workload of yours, or of your teams, holds it.</Empty>
    );
  return (
    <Empty title="No GPU has been seen yet">
      The map fills with the first sync. See the sync page for what it waits for.
    </Empty>
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
