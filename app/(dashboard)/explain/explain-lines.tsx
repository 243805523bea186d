import { Narrow, RowLink, Table, Td, Th } from "@/components/data-table.tsx";
import { formatMoney, grouped } from "@/components/format.ts";
import { Money } from "@/components/money.tsx";
import { Section } from "@/components/page-header.tsx";
import { formatMicros, formatNanos, formatQuantity, SKUS, sumExactly } from "@/lib/money.ts";
import type { Origin } from "@/lib/pricing/types.ts";
import type { ExplainedLine, Explanation } from "@/lib/reports/explain/explain.ts";
import { dateOfKey } from "@/lib/time.ts";

/** Where a price's figure comes from, in words. */
function originText(origin: Origin): string {
  if (origin.type === "entered") return `entered${origin.note ? `: ${origin.note}` : ""}`;
  if (origin.type === "list") return `list price of ${origin.source}, ${origin.instance}, ${origin.asOf}`;
  return `owned hardware: ${origin.gpus} GPUs over ${origin.months} months`;
}

/** The formula: each quantity × its price, and what rounding added or took. */
export function ExplainLines({ told }: { told: Explanation }) {
  const { lines, shares, corrections, currency, totalMicros } = told;
  const sums = [
    { label: "usage", of: lines },
    { label: "shares and imported cost", of: shares },
    { label: "corrections", of: corrections },
  ]
    .filter(({ of }, i) => i === 0 || of.length > 0)
    .map(({ label, of }) => `${label} ${formatMoney(sumExactly(of.map((l) => l.amountMicros)), currency)}`);
  return (
    <Section title="Formula" note={`${sums.join(" + ")} = ${formatMicros(totalMicros)} ${currency}`}>
      <Table label="Quantity × price" dense>
        <thead>
          <tr>
            <Th>What</Th>
            <Th>Team</Th>
            <Th right>Quantity</Th>
            <Th right>× price</Th>
            <Th right>= product</Th>
            <Th right>Rounding</Th>
            <Th right>Amount</Th>
            <Th>Price</Th>
          </tr>
        </thead>
        <tbody>
          {lines.map((l) => (
            <Line
              key={`${l.hardwareKey}/${l.team}/${l.sku}/${l.priceClass}/${l.unitPriceNanos}/${l.price?.key}`}
              line={l}
              currency={currency}
            />
          ))}
        </tbody>
      </Table>
      <p className="mt-2 max-w-prose text-xs text-soft">
        Rounding is in millionths. All GPU time of a day on one hardware at one price is multiplied once and split by
        the largest remainder, so the parts sum to capacity × price exactly.
      </p>
    </Section>
  );
}

function Line({ line, currency }: { line: ExplainedLine; currency: string }) {
  const { price, sku } = line;
  return (
    <tr className="hover:bg-raised">
      <Td className="min-w-40">
        {sku === "gpu" ? line.gpuModel : sku}
        <span className="block text-xs text-faint">
          {[line.cluster, line.nodePool, line.priceClass === "standard" ? "" : line.priceClass]
            .filter(Boolean)
            .join(", ")}
        </span>
        <Narrow>
          {grouped(formatQuantity(line.quantity, sku))} {SKUS[sku].unit}:{" "}
          <Money micros={line.amountMicros} currency={currency} />
        </Narrow>
      </Td>
      <Td>{line.team}</Td>
      <Td right>
        {grouped(formatQuantity(line.quantity, sku))} <span className="text-xs text-faint">{SKUS[sku].unit}</span>
      </Td>
      <Td right>{formatNanos(line.unitPriceNanos)}</Td>
      <Td right>{grouped(formatMicros(line.productMicros))}</Td>
      <Td right>{line.roundingMicros > 0 ? `+${line.roundingMicros}` : line.roundingMicros}</Td>
      <Td right>
        <Money micros={line.amountMicros} currency={currency} />
      </Td>
      <Td className="min-w-40">
        {price ? (
          <span title={originText(price.origin)}>
            <RowLink to="/prices">{price.version === null ? "proposed" : `version ${price.version}`}</RowLink>
            <span className="block text-xs text-faint">
              {price.match} from {dateOfKey(price.effectiveFrom)}, {originText(price.origin)}
            </span>
          </span>
        ) : (
          "–"
        )}
      </Td>
    </tr>
  );
}
