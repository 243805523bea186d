import { Table, Td, Th } from "@/components/data-table.tsx";
import { Empty, Section } from "@/components/page-header.tsx";
import type { PriceHistory } from "@/lib/pages/prices.ts";
import type { Price } from "@/lib/pricing/types.ts";
import { dateOfKey } from "@/lib/time.ts";
import { CLASS_WORDS, KIND_WORDS, originOf, subjectOf, UNIT_WORDS, unitPriceOf } from "./words.ts";

/** Every price that was approved, each with what it was before. */
export function Book({
  histories,
  clusters,
}: {
  histories: readonly PriceHistory[];
  clusters: ReadonlyMap<string, string>;
}) {
  return (
    <Section
      title="The price book"
      note="a price holds from its day on, until a later one for the same thing replaces it"
    >
      {histories.length === 0 ? (
        <Empty title="No price is approved yet">
          Propose one, see what it would have cost each team last month, then approve it.
        </Empty>
      ) : (
        <Table label="The price book">
          <thead>
            <tr>
              <Th>What</Th>
              <Th>Kind</Th>
              <Th>Class</Th>
              <Th>Cluster</Th>
              <Th right>Price</Th>
              <Th>From</Th>
              <Th>Version and origin</Th>
            </tr>
          </thead>
          <tbody>
            {histories.map(({ current, inForce, all }) => (
              <tr key={current.key} className="align-top">
                <Td className="font-medium">{subjectOf(current)}</Td>
                <Td>{KIND_WORDS[current.kind]}</Td>
                <Td>{CLASS_WORDS[current.priceClass]}</Td>
                <Td>{clusters.get(current.clusterId) ?? (current.clusterId || "every")}</Td>
                <Td right className="tabular-nums">
                  {unitPriceOf(current)} <span className="text-xs text-faint">/ {UNIT_WORDS[current.kind]}</span>
                </Td>
                <Td className="whitespace-nowrap">
                  {dateOfKey(current.effectiveFrom)}
                  {!inForce && <span className="text-warn"> to come</span>}
                </Td>
                <Td className="min-w-56">
                  v{current.version} · {originOf(current.origin)}
                  {all.length > 1 && <History all={all} current={current} />}
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Section>
  );
}

function History({ all, current }: { all: readonly Price[]; current: Price }) {
  return (
    <details>
      <summary className="text-xs text-faint underline decoration-line-strong underline-offset-2 hover:text-ink">
        {all.length - 1} before or after it
      </summary>
      <ol className="mt-1 grid gap-0.5 text-xs text-soft">
        {all.map((p) => (
          <li key={p.key} className={p.key === current.key ? "font-medium text-ink" : ""}>
            from {dateOfKey(p.effectiveFrom)}: <span className="tabular-nums">{unitPriceOf(p)}</span>, v{p.version}
          </li>
        ))}
      </ol>
    </details>
  );
}
