import { Section } from "@/components/page-header.tsx";
import { count, gpuHours, moneyIn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import type { TieSum } from "@/lib/closing/audit-table.ts";

/** What is reconciled, by what it is called. */
export type Tie = readonly [key: string, sum: TieSum];

interface TiesProps {
  readonly title: string;
  readonly rows: readonly Tie[];
  /** What the rows are. */
  readonly first: string;
  readonly currency: string;
  readonly link?: (key: string) => string;
}

const isOff = ([, t]: Tie) => Boolean(t.residualMicros || t.residualMilli || t.unclassedMilli);

/** Capacity × price against what is charged: the residual must be 0. */
export function Ties({ title, rows, first, currency, link }: TiesProps) {
  const money = moneyIn(currency);
  const total = { total: true } as const;
  const overlaps = rows.some(([, t]) => t.overlapMilli !== 0);
  const columns: readonly TableColumn<Tie>[] = [
    text("place", first, ([key]) => key, { link: ([key]) => link?.(key) }),
    gpuHours("capacity", "Capacity, GPU-h", ([, t]) => t.capacityMilli, total),
    ...(overlaps ? [gpuHours<Tie>("overlap", "Overlap, GPU-h", ([, t]) => t.overlapMilli, total)] : []),
    gpuHours("unpriced", "No price, GPU-h", ([, t]) => t.unpricedMilli, {
      ...{ ...total, toneOf: ([, t]) => (t.unpricedMilli > 0 ? "warn" : undefined) },
    }),
    gpuHours("charged-hours", "Charged, GPU-h", ([, t]) => t.chargedMilli, total),
    money("product", "Capacity × price", ([, t]) => t.productMicros, total),
    money("charged", "Charged", ([, t]) => t.chargedMicros, { ...total, lead: true }),
    count("residual", "Residual", ([, t]) => t.residualMicros, {
      ...{ ...total, toneOf: (tie) => (isOff(tie) ? "bad" : undefined) },
      draw: String,
      hint: ([, t]) => `micro-units; ${t.residualMilli} milli-GPU-seconds`,
    }),
  ];
  return (
    <Section id={link ? "places" : "days"} title={title}>
      <DataTable view={plainView(first, columns)} rows={rows} />
    </Section>
  );
}
