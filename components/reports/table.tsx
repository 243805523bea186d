import type { TableColumn } from "@/components/tables/view.ts";
import type { Column, Row } from "@/lib/reports/report.ts";
import { unitSign } from "@/lib/reports/unit.ts";

/** `gpu_hours_dead_idle` → `GPU hours dead idle`; a label that the report gives wins. */
export function columnLabel({ label, header }: Pick<Column, "label" | "header">): string {
  if (label) return label;
  const words = header.replaceAll("_", " ").trim();
  return words.replace(/\b(gpu|cpu|id|gib)\b/gi, (w) => w.toUpperCase()).replace(/^./, (c) => c.toUpperCase());
}

/** The columns of a report as those of a table, with the same fields in the download. `lead`: what the report is about. */
export const reportColumns = (columns: readonly Column[], lead: readonly string[] = []): readonly TableColumn<Row>[] =>
  columns.map((c): TableColumn<Row> => {
    // The head of GPU-hours says so by itself.
    const sign = c.unit === "milli-gpu-seconds" ? "" : unitSign(c.unit);
    const value = (row: Row) => row[c.key] ?? null;
    return {
      ...{ key: c.key, unit: c.unit, decimals: c.decimals, value, fields: [{ ...c, value }] },
      label: `${columnLabel(c)}${sign && ` (${sign})`}`,
      title: c.description ?? c.header,
      lead: lead.includes(c.key),
      look: c.unit === "text" ? [c.key === "description" ? "wide" : "cut"] : ["whole"],
    };
  });
