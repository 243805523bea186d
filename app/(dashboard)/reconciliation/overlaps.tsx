import { Section } from "@/components/page-header.tsx";
import { gpuHours, instant, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import type { Overlap } from "@/lib/closing/tie-load.ts";

const COLUMNS: readonly TableColumn<Overlap>[] = [
  instant("at", "When", (o) => o.bucketAt, { look: ["whole"] }),
  text("cluster", "Cluster", (o) => o.cluster),
  text("what", "What", (o) => o.detail, { look: ["wide"] }),
  gpuHours("hours", "GPU-h", (o) => o.milli, { lead: true }),
];

interface Props {
  readonly overlaps: readonly Overlap[];
  /** So many are read at most. */
  readonly most: number;
  readonly zone: string;
}

/** What was held beyond what there was: named, and never clamped away. */
export function Overlaps({ overlaps, most, zone }: Props) {
  if (overlaps.length === 0) return null;
  const title = "Held beyond capacity, or on no known node";
  return (
    <Section title={title} note={overlaps.length === most ? `the ${most} largest` : ""}>
      <DataTable view={plainView(title, COLUMNS, { zone, now: 0, carry: {} })} rows={overlaps} />
    </Section>
  );
}
