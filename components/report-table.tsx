import type { Column } from "@/lib/reports/report.ts";
import { formatGpuHours, formatMoment, formatNumber, formatPercent } from "./format.ts";
import { Unknown } from "./quantity.tsx";
import type { TableColumn } from "./table-view.ts";

/** A column and a cell of a report, as lib/reports/report.ts defines them. */
export interface ReportColumn {
  readonly key: string;
  readonly header: string;
  readonly label?: string;
  readonly unit: string;
  readonly decimals?: number;
  readonly description?: string;
}
export type ReportRow = Readonly<Record<string, string | number | null>>;

const UNITS: Record<string, string> = {
  "milli-gpu-seconds": "GPU-h",
  percent: "%",
  hours: "h",
  gpus: "GPUs",
  cores: "cores",
  gib: "GiB",
};
const isText = (unit: string) => unit === "text" || unit === "instant";

/** `gpu_hours_dead_idle` → `GPU hours dead idle`; a label that the report gives wins. */
export function columnLabel({ label, header }: ReportColumn): string {
  if (label) return label;
  const words = header.replaceAll("_", " ").trim();
  return words.replace(/\b(gpu|cpu|id|gib)\b/gi, (w) => w.toUpperCase()).replace(/^./, (c) => c.toUpperCase());
}

/** A cell to read: figures rounded, with the exact ones in the downloads; null as a dash. */
export function cellText(column: ReportColumn, cell: string | number | null, zone: string): string | null {
  if (cell === null) return null;
  if (typeof cell === "string") return cell;
  if (column.unit === "milli-gpu-seconds") return formatGpuHours(cell);
  if (column.unit === "instant") return formatMoment(cell, zone);
  if (column.unit === "micros") return formatNumber(cell / 1e6, 2);
  if (column.unit === "nanos") return formatNumber(cell / 1e9, cell % 1e7 === 0 ? 2 : 4);
  if (column.unit === "percent") return formatPercent(cell);
  return formatNumber(cell, column.unit === "count" ? 0 : (column.decimals ?? (Number.isInteger(cell) ? 0 : 2)));
}

/** The columns of a report as those of a table: each cell as its unit says, and the same fields in the download. */
export function reportColumns(columns: readonly Column[]): readonly TableColumn<ReportRow>[] {
  return columns.map((c): TableColumn<ReportRow> => {
    const unit = UNITS[c.unit] && c.unit !== "milli-gpu-seconds" ? ` (${UNITS[c.unit]})` : "";
    return {
      key: c.key,
      label: `${columnLabel(c)}${unit}`,
      title: c.description ?? c.header,
      right: !isText(c.unit),
      order: (row) => row[c.key] ?? null,
      className:
        c.unit === "text" ? (c.key === "description" ? "min-w-64 max-w-md" : "max-w-64 truncate") : "whitespace-nowrap",
      cell: (row, { zone }) => {
        const text = cellText(c, row[c.key] ?? null, zone);
        return text === null ? <Unknown /> : <span title={c.unit === "text" ? text : undefined}>{text}</span>;
      },
      fields: [{ ...c, value: (row) => row[c.key] ?? null }],
    };
  });
}
