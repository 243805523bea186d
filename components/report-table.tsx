import type { Column, Row } from "@/lib/reports/report.ts";
import { formatCell, isNumeric, unitSign } from "@/lib/reports/unit.ts";
import { Unknown } from "./quantity.tsx";
import type { TableColumn } from "./table-view.ts";

/** `gpu_hours_dead_idle` → `GPU hours dead idle`; a label that the report gives wins. */
export function columnLabel({ label, header }: Pick<Column, "label" | "header">): string {
  if (label) return label;
  const words = header.replaceAll("_", " ").trim();
  return words.replace(/\b(gpu|cpu|id|gib)\b/gi, (w) => w.toUpperCase()).replace(/^./, (c) => c.toUpperCase());
}

/** The columns of a report as those of a table: each cell as its unit says, and the same fields in the download. */
export function reportColumns(columns: readonly Column[]): readonly TableColumn<Row>[] {
  return columns.map((c): TableColumn<Row> => {
    // The head of GPU-hours says so by itself.
    const sign = c.unit === "milli-gpu-seconds" ? "" : unitSign(c.unit);
    return {
      key: c.key,
      label: `${columnLabel(c)}${sign && ` (${sign})`}`,
      title: c.description ?? c.header,
      right: isNumeric(c),
      order: (row) => row[c.key] ?? null,
      className:
        c.unit === "text" ? (c.key === "description" ? "min-w-64 max-w-md" : "max-w-64 truncate") : "whitespace-nowrap",
      cell: (row, { zone }) => {
        const text = formatCell(c, row[c.key] ?? null, "page", { zone });
        return text === null ? <Unknown /> : <span title={c.unit === "text" ? text : undefined}>{text}</span>;
      },
      fields: [{ ...c, value: (row) => row[c.key] ?? null }],
    };
  });
}
