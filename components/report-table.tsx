import { Table, Td, Th } from "./data-table";
import { formatGpuHours, formatMoment, formatNumber, formatPercent } from "./format";
import { Unknown } from "./quantity";

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

/** The rows of a report, each column as its unit says. */
export function ReportTable({
  title,
  columns,
  rows,
  zone,
}: {
  title: string;
  columns: readonly ReportColumn[];
  rows: readonly ReportRow[];
  zone: string;
}) {
  return (
    <Table label={title} dense>
      <thead>
        <tr>
          {columns.map((c) => (
            <Th key={c.key} right={!isText(c.unit)}>
              <span title={c.description ?? c.header}>
                {columnLabel(c)}
                {UNITS[c.unit] && c.unit !== "milli-gpu-seconds" && (
                  <span className="ml-1 font-normal">{UNITS[c.unit]}</span>
                )}
              </span>
            </Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a report's rows have a fixed order and no identity of their own.
          <tr key={i} className="hover:bg-raised">
            {columns.map((c) => {
              const text = cellText(c, row[c.key] ?? null, zone);
              return (
                <Td
                  key={c.key}
                  right={!isText(c.unit)}
                  className={c.unit === "text" ? "max-w-64 truncate" : "whitespace-nowrap"}
                >
                  {text === null ? <Unknown /> : <span title={c.unit === "text" ? text : undefined}>{text}</span>}
                </Td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
