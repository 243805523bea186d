import { priceColumns } from "@/app/(dashboard)/prices/price-columns.tsx";
import { originOf } from "@/app/(dashboard)/prices/words.ts";
import { Section } from "@/components/page-header.tsx";
import { text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView } from "@/components/tables/view.ts";
import type { Price } from "@/lib/pricing/types.ts";

interface Props {
  readonly prices: readonly Price[];
  readonly clusters: ReadonlyMap<string, string>;
}

export function ProposedLines({ prices, clusters }: Props) {
  const columns = [
    ...priceColumns<Price>((p) => p, clusters),
    text<Price>("origin", "Origin", (p) => originOf(p.origin), { look: ["wide"] }),
  ];
  return (
    <Section title="Prices">
      <DataTable view={plainView("Proposed prices", columns)} rows={prices} />
    </Section>
  );
}
