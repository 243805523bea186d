import { formatDay, formatPercent } from "@/components/format.ts";
import { Section } from "@/components/page-header.tsx";
import { nanos, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { loadSpotOffers } from "@/lib/insights/rightsizing/spot-load.ts";
import { listedLess, type SpotOffer } from "@/lib/insights/rightsizing/spot-offers.ts";
import { formatNanos } from "@/lib/money.ts";

const columnsOf = (currency: string): readonly TableColumn<SpotOffer>[] => [
  text("model", "GPU model", (o) => o.gpuModel, { look: ["cut"] }),
  nanos("standard", `On demand, ${currency}`, (o) => o.standard?.nanos ?? null, {
    ...{ draw: formatNanos, unknown: "No price is in force" },
    note: (o) => (o.standard ? `since ${formatDay(o.standard.fromDay)}` : null),
  }),
  nanos("spot", `Preemptible, ${currency}`, (o) => o.spot?.nanos ?? null, {
    ...{ draw: formatNanos, unknown: "No price is in force" },
    note: (o) => (o.spot ? `since ${formatDay(o.spot.fromDay)}` : null),
  }),
  text("less", "Costs less by", (o) => (o.lessPercent === null ? null : formatPercent(o.lessPercent))),
  text("lists", "On public lists", (o) => rangeOf(o), { note: (o) => exampleOf(o), look: ["wide"] }),
];

function rangeOf({ listedPercent }: SpotOffer): string | null {
  if (!listedPercent) return null;
  const [least, most] = listedPercent.map((p) => formatPercent(p)) as [string, string];
  return least === most ? least : `${least} to ${most}`;
}

/** The list price with the largest saving, with its date. */
function exampleOf({ listed: [first] }: SpotOffer): string | null {
  if (!first || first.onDemandNanos === null || first.spotNanos === null) return null;
  const [spot, onDemand] = [first.spotNanos, first.onDemandNanos].map(formatNanos);
  return `${first.cloud} ${first.instance}: ${spot} for ${onDemand} ${first.currency}, as of ${first.asOf} (${formatPercent(listedLess(first) ?? 0)})`;
}

/** Spot against on demand: the price book, with the days since when its prices hold, beside dated list prices. */
export async function SpotOffers({ ctx }: { ctx: Ctx }) {
  const offers = await loadSpotOffers(ctx);
  if (offers.length === 0) return null;
  return (
    <Section
      title="Spot against on demand"
      note="for a GPU-hour; list prices are a reference with their dates, and never used for a saving"
    >
      <DataTable
        view={plainView("Spot against on demand", columnsOf(ctx.ledger.currency))}
        rows={offers}
        keyOf={(o) => o.gpuModel}
      />
    </Section>
  );
}
