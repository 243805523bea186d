import { formatNumber } from "@/components/format.ts";
import { Section } from "@/components/page-header.tsx";
import { SearchBox } from "@/components/search-box.tsx";
import { count, nanos, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { Button } from "@/components/ui/button.tsx";
import { formatNanos } from "@/lib/money.ts";
import { draftOf, type ListPrice, sayParts } from "@/lib/pricing/list-price.ts";
import type { Line } from "./line.ts";

type Use = (line: Partial<Line>) => void;

export interface FoundPrices {
  readonly found: readonly ListPrice[];
  readonly count: number;
}

/** What clouds ask in public: a reference to choose from. Nothing is charged by it unless it is proposed and approved. */
export function ListPriceSearch({ list, use }: { list: FoundPrices; use: Use }) {
  const { found, count } = list;
  return (
    <Section
      title="Public list prices"
      note="of clouds and GPU clouds, for one GPU and hour; never charged unless proposed and approved"
    >
      <SearchBox label="Search by model, cloud, instance or region" placeholder="H100 aws" />
      <p role="status" className="mt-2 text-xs text-faint">
        {count === 0
          ? "No price matches these words. A catalogue below may have more."
          : `${formatNumber(count)} found${count > found.length ? `, the cheapest ${found.length} shown` : ""}.`}
      </p>
      {found.length > 0 && <DataTable view={plainView("Public list prices", columnsOf(use))} rows={found} />}
    </Section>
  );
}

const columnsOf = (use: Use): readonly TableColumn<ListPrice>[] => [
  text("model", "GPU model", (p) => p.gpuModel, { look: ["strong", "whole"] }),
  text("cloud", "Cloud", (p) => p.cloud),
  text("instance", "Instance", (p) => p.instance),
  text("region", "Region", (p) => p.zone || p.region),
  count("gpus", "GPUs", (p) => p.gpus),
  nanos("on_demand", "On demand, USD", (p) => p.onDemandNanos, { cell: (p) => <UsePrice price={p} use={use} /> }),
  nanos("spot", "Spot, USD", (p) => p.spotNanos, { cell: (p) => <UsePrice price={p} spot use={use} /> }),
  text("source", "Source", (p) => p.asOf, { look: ["faint", "whole"], hint: (p) => p.source }),
];

function UsePrice({ price, spot = false, use }: { price: ListPrice; spot?: boolean; use: Use }) {
  const draft = draftOf(price, spot);
  if (!draft) return "–";
  const nanos = (spot ? price.spotNanos : price.onDemandNanos) ?? 0;
  return (
    <span className="inline-flex items-center gap-2 tabular-nums">
      <span title={`${sayParts(spot ? price.spot : price.onDemand, price.gpus)} ${price.currency}`}>
        {formatNanos(nanos)}
        {price.currency !== "USD" && ` ${price.currency}`}
      </span>
      <Button
        size="small"
        onClick={() => use(draft)}
        aria-label={`Use ${formatNanos(nanos)} ${price.currency} of ${price.cloud} ${price.instance}${spot ? " spot" : ""}`}
      >
        Use
      </Button>
    </span>
  );
}
