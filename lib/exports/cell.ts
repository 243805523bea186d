import { divideHalfEven, formatDecimal } from "@/lib/money.ts";
import type { Cell, Column, Unit } from "@/lib/reports/report.ts";
import { formatInstant } from "@/lib/time.ts";
import { gpuHoursDecimal } from "@/lib/units.ts";

const DECIMALS: Readonly<Record<Unit, number>> = {
  text: 0,
  instant: 0,
  count: 0,
  percent: 2,
  gpus: 2,
  "milli-gpu-seconds": 6,
  micros: 6,
  nanos: 9,
  hours: 2,
  cores: 2,
  gib: 2,
  decimal: 2,
};

/** Decimals that a column is printed with in every file. */
export const decimalsOf = (column: Column): number => column.decimals ?? DECIMALS[column.unit];

/**
 * A cell as every file prints it; null stays null, which is unknown.
 * Texts as they are; instants in RFC 3339 UTC; GPU-hours and money exact, half to even; other numbers with fixed decimals,
 * no exponent.
 * @throws Error for a number that is not finite: a report never has one.
 */
export function formatCell(column: Column, cell: Cell): string | null {
  if (cell === null) return null;
  if (typeof cell === "string") return cell;
  if (!Number.isFinite(cell)) throw new Error(`${column.key}: ${cell} is no figure`);
  if (column.unit === "instant") return formatInstant(cell);
  if (column.unit === "milli-gpu-seconds") return gpuHoursDecimal(cell, decimalsOf(column));
  if (column.unit === "micros") return fixed(cell, 6, decimalsOf(column));
  if (column.unit === "nanos") return formatDecimal(cell, 9, column.decimals ?? 2);
  const text = cell.toFixed(decimalsOf(column));
  return /^-0(\.0+)?$/.test(text) ? text.slice(1) : text;
}

/** An integer of 10^-places with `decimals` of them. */
function fixed(value: number, places: number, decimals: number): string {
  return formatDecimal(divideHalfEven(BigInt(value), 10n ** BigInt(places - decimals)), decimals);
}

/** Whether a column's cells are printed as numbers. */
export const isNumeric = (column: Column): boolean => column.unit !== "text" && column.unit !== "instant";
