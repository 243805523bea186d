import { ClassName } from "@/components/class-bar.tsx";
import { Section } from "@/components/page-header.tsx";
import { count, gpuHours, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { formatMicros, formatNanos, formatQuantity } from "@/lib/money.ts";
import type { Explanation } from "@/lib/reports/explain/explain.ts";

type RoundedClass = Explanation["roundings"][number]["cells"][number];
const COLUMNS: readonly TableColumn<RoundedClass>[] = [
  text("class", "Class", (c) => c.class, { cell: (c) => <ClassName of={c.class} /> }),
  gpuHours("hours", "GPU-hours", (c) => c.milli, { draw: (milli) => formatQuantity(milli, "gpu"), total: true }),
  text("exact", "Its own product, in millionths", (c) => c.exact, { unit: "count" }),
  count("taken", "Takes of the whole", (c) => c.micros, { draw: String, total: true, lead: true }),
];

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
      <DataTable view={plainView("Rounding by class", COLUMNS)} rows={cells} />
    </Section>
  );
}
