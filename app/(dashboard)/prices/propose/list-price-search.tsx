import { BUTTON } from "@/app/(dashboard)/prices/fields.ts";
import { Table, Td, Th } from "@/components/data-table.tsx";
import { formatNumber } from "@/components/format.ts";
import { Section } from "@/components/page-header.tsx";
import { Unknown } from "@/components/quantity.tsx";
import { SearchBox } from "@/components/search-box.tsx";
import { formatNanos } from "@/lib/money.ts";
import { draftOf, type ListPrice, sayParts } from "@/lib/pricing/list-price.ts";
import type { Line } from "./line.ts";

export interface FoundPrices {
  readonly found: readonly ListPrice[];
  readonly count: number;
}

/** What clouds ask in public: a reference to choose from. Nothing is charged by it unless it is proposed and approved. */
export function ListPriceSearch({ list, use }: { list: FoundPrices; use: (line: Partial<Line>) => void }) {
  const { found, count } = list;
  return (
    <Section
      title="Public list prices"
      note="of clouds and GPU clouds, for one GPU and hour; never charged unless proposed and approved"
    >
      <SearchBox label="Search by model, cloud, instance or region" placeholder="H100 aws" />
      <p role="status" className="mt-2 text-xs text-faint">
        {count === 0
          ? "None has all these words. A catalogue below may have more."
          : `${formatNumber(count)} found${count > found.length ? `, the cheapest ${found.length} shown` : ""}.`}
      </p>
      {found.length > 0 && (
        <Table label="Public list prices" dense>
          <thead>
            <tr>
              <Th>GPU model</Th>
              <Th>Cloud</Th>
              <Th>Instance</Th>
              <Th>Region</Th>
              <Th right>GPUs</Th>
              <Th right>On demand, USD</Th>
              <Th right>Spot, USD</Th>
              <Th>Source</Th>
            </tr>
          </thead>
          <tbody>
            {found.map((p) => (
              <tr key={JSON.stringify(p)}>
                <Td className="font-medium whitespace-nowrap">{p.gpuModel}</Td>
                <Td>{p.cloud}</Td>
                <Td>{p.instance}</Td>
                <Td>{p.zone || p.region}</Td>
                <Td right>{p.gpus}</Td>
                {[false, true].map((spot) => (
                  <Td key={String(spot)} right>
                    <UsePrice price={p} spot={spot} use={use} />
                  </Td>
                ))}
                <Td className="text-xs whitespace-nowrap text-faint">
                  <span title={p.source}>{p.asOf}</span>
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Section>
  );
}

function UsePrice({ price, spot, use }: { price: ListPrice; spot: boolean; use: (line: Partial<Line>) => void }) {
  const draft = draftOf(price, spot);
  if (!draft) return <Unknown why="Not offered, or not known" />;
  const nanos = (spot ? price.spotNanos : price.onDemandNanos) ?? 0;
  return (
    <span className="inline-flex items-center gap-2 tabular-nums">
      <span title={`${sayParts(spot ? price.spot : price.onDemand, price.gpus)} ${price.currency}`}>
        {formatNanos(nanos)}
        {price.currency !== "USD" && ` ${price.currency}`}
      </span>
      <button
        type="button"
        onClick={() => use(draft)}
        aria-label={`Use ${formatNanos(nanos)} ${price.currency} of ${price.cloud} ${price.instance}${spot ? " spot" : ""}`}
        className={`${BUTTON} h-6 px-2 text-xs`}
      >
        Use
      </button>
    </span>
  );
}
