"use client";
import { useState } from "react";
import { Table, Td, Th } from "@/components/data-table";
import { formatNumber } from "@/components/format";
import { Section } from "@/components/page-header";
import { Unknown } from "@/components/quantity";
import { formatNanos } from "@/lib/money";
import { draftOf, type ListPrice, sayParts, searchListPrices } from "@/lib/pricing/list-price";
import { BUTTON, FIELD } from "../fields";
import type { Line } from "./propose-form";

const SHOWN = 12;

/** What clouds ask in public: a reference to choose from. Nothing is charged by it unless it is proposed and approved. */
export function ListPriceSearch({ list, use }: { list: readonly ListPrice[]; use: (line: Partial<Line>) => void }) {
  const [search, setSearch] = useState("");
  const found = searchListPrices(list, search);
  return (
    <Section
      title="Public list prices"
      note={`${formatNumber(list.length)} of clouds and GPU clouds, USD for one GPU and hour; never charged unless proposed and approved`}
    >
      <label className="grid max-w-md gap-1 text-xs text-faint">
        Search by model, cloud, instance or region
        <input
          type="search"
          value={search}
          onChange={(e) => setSearch(e.target.value)}
          placeholder="H100 aws"
          className={FIELD}
        />
      </label>
      <p role="status" className="mt-2 text-xs text-faint">
        {found.length === 0
          ? "None has all these words."
          : `${formatNumber(found.length)} found${found.length > SHOWN ? `, the cheapest ${SHOWN} shown` : ""}.`}
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
              <Th right>On demand</Th>
              <Th right>Spot</Th>
              <Th>Source</Th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, SHOWN).map((p) => (
              <tr key={`${p.cloud} ${p.instance} ${p.region} ${p.asOf}`}>
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
      <span title={`${sayParts(spot ? price.spot : price.onDemand, price.gpus)} USD`}>{formatNanos(nanos)}</span>
      <button
        type="button"
        onClick={() => use(draft)}
        aria-label={`Use ${formatNanos(nanos)} USD of ${price.cloud} ${price.instance}${spot ? " spot" : ""}`}
        className={`${BUTTON} h-6 px-2 text-xs`}
      >
        Use
      </button>
    </span>
  );
}
