import {
  CLASS_WORDS,
  KIND_WORDS,
  originOf,
  subjectOf,
  UNIT_WORDS,
  unitPriceOf,
} from "@/app/(dashboard)/prices/words.ts";
import { Table, Td, Th } from "@/components/data-table.tsx";
import { Section } from "@/components/page-header.tsx";
import type { Price } from "@/lib/pricing/types.ts";
import { dateOfKey } from "@/lib/time.ts";

export function ProposedLines({
  prices,
  clusters,
}: {
  prices: readonly Price[];
  clusters: ReadonlyMap<string, string>;
}) {
  return (
    <Section title="Prices">
      <Table label="Proposed prices" dense>
        <thead>
          <tr>
            <Th>What</Th>
            <Th>Kind</Th>
            <Th>Class</Th>
            <Th>Cluster</Th>
            <Th right>Price</Th>
            <Th>From</Th>
            <Th>Origin</Th>
          </tr>
        </thead>
        <tbody>
          {prices.map((p) => (
            <tr key={p.key}>
              <Td className="font-medium">{subjectOf(p)}</Td>
              <Td>{KIND_WORDS[p.kind]}</Td>
              <Td>{CLASS_WORDS[p.priceClass]}</Td>
              <Td>{clusters.get(p.clusterId) ?? (p.clusterId || "every")}</Td>
              <Td right className="tabular-nums">
                {unitPriceOf(p)} <span className="text-xs text-faint">/ {UNIT_WORDS[p.kind]}</span>
              </Td>
              <Td className="whitespace-nowrap">{dateOfKey(p.effectiveFrom)}</Td>
              <Td className="min-w-56">{originOf(p.origin)}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Section>
  );
}
