import { ClassName } from "@/components/class-bar.tsx";
import { Table, Td, Th } from "@/components/data-table.tsx";
import { Section } from "@/components/page-header.tsx";
import { formatMicros, formatNanos, formatQuantity } from "@/lib/money.ts";
import type { Explanation } from "@/lib/reports/explain/explain.ts";

/** How the largest remainder gave each class its last micro-unit. */
export function ExplainRounding({
  rounding,
  currency,
}: {
  rounding: Explanation["roundings"][number];
  currency: string;
}) {
  const { wholeMilli, wholeMicros, cells, unitPriceNanos, hardwareKey } = rounding;
  return (
    <Section
      id={`rounding-${hardwareKey}-${unitPriceNanos}`}
      title="Rounding of the day"
      note={`${formatQuantity(wholeMilli, "gpu")} GPU-hours of everybody × ${formatNanos(unitPriceNanos)} = ${formatMicros(wholeMicros)} ${currency}, rounded once`}
    >
      <Table label="Rounding by class" dense>
        <thead>
          <tr>
            <Th>Class</Th>
            <Th right>GPU-hours</Th>
            <Th right>Its own product, in millionths</Th>
            <Th right>Takes of the whole</Th>
          </tr>
        </thead>
        <tbody>
          {cells.map((c) => (
            <tr key={c.class}>
              <Td>
                <ClassName of={c.class} />
              </Td>
              <Td right>{formatQuantity(c.milli, "gpu")}</Td>
              <Td right>{c.exact}</Td>
              <Td right>{c.micros}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Section>
  );
}
