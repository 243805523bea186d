import { formatNumber } from "@/components/format.ts";
import { Notice, Section } from "@/components/page-header.tsx";
import { count, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { formatQuantity, SKUS, type Sku } from "@/lib/money.ts";
import { own } from "@/lib/order.ts";
import type { OpenItem } from "@/lib/pages/prices.ts";

const SKU_WORDS: Readonly<Record<string, string>> = { cpu: "CPU", memory: "Memory", "gpu-memory": "GPU memory" };
const skuOf = ({ sku }: OpenItem): Sku => (sku in SKUS ? sku : "gpu") as Sku;

const COLUMNS: readonly TableColumn<OpenItem>[] = [
  text("what", "What", (i) => (own(SKU_WORDS, i.sku) ? `${own(SKU_WORDS, i.sku)} beside ${i.gpuModel}` : i.gpuModel), {
    look: ["strong"],
  }),
  text("reason", "Reason", (i) => i.reason),
  count("days", "Days", (i) => i.days),
  count("used", "Used", (i) => i.quantity, {
    lead: true,
    cell: (i) => (
      <>
        {formatQuantity(i.quantity, skuOf(i), 2)} <span className="text-xs text-faint">{SKUS[skuOf(i)].unit}</span>
      </>
    ),
  }),
];

/** Usage of this month that no price covers: not charged, and not zero. It blocks the close. */
export function OpenItems({ items }: { items: readonly OpenItem[] }) {
  if (items.length === 0) return null;
  return (
    <Section
      title="Used without a price"
      note="this month; not charged, and not free: it blocks the close of the period"
    >
      <Notice>
        {items.length === 1 ? "One thing was" : `${formatNumber(items.length)} things were`} used without a price in
        force. Propose one from the first day of the month on, or earlier.
      </Notice>
      <DataTable view={plainView("Used without a price", COLUMNS)} rows={items} />
    </Section>
  );
}
