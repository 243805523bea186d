import { formatNumber } from "@/components/format.ts";
import { Section } from "@/components/page-header.tsx";
import { count, instant, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView } from "@/components/tables/view.ts";
import type { OpenItem } from "@/lib/metering/open-store.ts";

const gpuHours = (item: OpenItem) => item.milliGpuSeconds / 3_600_000;

const COLUMNS = [
  text<OpenItem>("kind", "Open item", (i) => i.kind),
  text<OpenItem>("subject", "Workload, node or cluster", (i) => (i.subjects > 1 ? `${i.subjects} others` : i.subject), {
    look: ["cut"],
    hint: (i) => i.cluster,
  }),
  count<OpenItem>("gpu_hours", "GPU-hours", gpuHours, {
    lead: true,
    cell: (i) => formatNumber(Math.round(gpuHours(i) * 100) / 100),
  }),
  instant<OpenItem>("first", "First hour", (i) => i.firstAt, { look: ["whole"] }),
  instant<OpenItem>("last", "Last hour", (i) => i.lastAt, { look: ["whole"] }),
  text<OpenItem>("detail", "What it means and what resolves it", (i) => i.detail, { look: ["wide"] }),
];

/** GPU time that is not charged or not observed, or that sources report differently; shows nothing without any. */
export function OpenItems({ items, zone }: { readonly items: readonly OpenItem[]; readonly zone: string }) {
  if (!items.length) return null;
  return (
    <Section
      title="Open items"
      note="GPU time that is not charged or not observed, because something is not known, and what sources report differently"
    >
      <DataTable view={plainView("Open items", COLUMNS, { zone, now: 0, carry: {} })} rows={items} />
    </Section>
  );
}
