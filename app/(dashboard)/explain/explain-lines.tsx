import { formatDay, formatMoney, grouped } from "@/components/format.ts";
import { Section } from "@/components/page-header.tsx";
import { count, moneyIn, nanos, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { formatMicros, formatNanos, formatQuantity, SKUS, sumExactly } from "@/lib/money.ts";
import type { Origin } from "@/lib/pricing/types.ts";
import type { ExplainedLine, Explanation } from "@/lib/reports/explain/explain.ts";

/** Where a price's figure comes from, in words. */
function originText(origin: Origin): string {
  if (origin.type === "entered") return `entered${origin.note ? `: ${origin.note}` : ""}`;
  if (origin.type === "list") return `list price of ${origin.source}, ${origin.instance}, ${origin.asOf}`;
  return `owned hardware: ${origin.gpus} GPUs over ${origin.months} months`;
}

/** The formula: each quantity × its price, and what rounding added or took. */
export function ExplainLines({ explanation, prices }: { explanation: Explanation; prices: boolean }) {
  const { lines, shares, corrections, currency, totalMicros } = explanation;
  const sums = [
    { label: "usage", of: lines },
    { label: "shares and imported cost", of: shares },
    { label: "corrections", of: corrections },
  ]
    .filter(({ of }, i) => i === 0 || of.length > 0)
    .map(({ label, of }) => `${label} ${formatMoney(sumExactly(of.map((l) => l.amountMicros)), currency)}`);
  return (
    <Section title="Formula" note={`${sums.join(" + ")} = ${formatMicros(totalMicros)} ${currency}`}>
      <DataTable view={plainView("Quantity × price", columnsOf(currency, prices))} rows={lines} />
      <p className="mt-2 max-w-prose text-xs text-soft">
        Rounding is in millionths. All GPU time of a day on one hardware at one price is multiplied once and split by
        the largest remainder, so the parts sum to capacity × price exactly.
      </p>
    </Section>
  );
}

const placeOf = (l: ExplainedLine): string =>
  [l.cluster, l.nodePool, l.priceClass === "standard" ? "" : l.priceClass].filter(Boolean).join(", ");

/** @param prices the reader may open the price book. */
function columnsOf(currency: string, prices: boolean): readonly TableColumn<ExplainedLine>[] {
  const version = ({ price }: ExplainedLine) => (price?.version == null ? "proposed" : `version ${price.version}`);
  return [
    text("what", "What", (l) => (l.sku === "gpu" ? l.gpuModel : l.sku), { note: placeOf }),
    text("team", "Team", (l) => l.team),
    count("quantity", "Quantity", (l) => l.quantity, {
      cell: ({ quantity, sku }) => (
        <>
          {grouped(formatQuantity(quantity, sku))} <span className="text-xs text-faint">{SKUS[sku].unit}</span>
        </>
      ),
    }),
    nanos("rate", "× price", (l) => l.unitPriceNanos, { draw: formatNanos }),
    moneyIn(currency)("product", "= product", (l) => l.productMicros, { draw: (m) => grouped(formatMicros(m)) }),
    count("rounding", "Rounding", (l) => l.roundingMicros, { draw: (m) => (m > 0 ? `+${m}` : String(m)) }),
    moneyIn(currency)("amount", "Amount", (l) => l.amountMicros, { lead: true, total: true }),
    text("price", "Price", (l) => (l.price ? version(l) : null), {
      link: (l) => (prices && l.price ? "/prices" : null),
      note: ({ price: p }) => p && `${p.match} from ${formatDay(p.effectiveFrom)}, ${originText(p.origin)}`,
    }),
  ];
}
