import { formatDate, formatGpuHours, formatInstant, formatMoment, formatNumber, formatPercent } from "@/lib/format.ts";
import { divideHalfEven, formatDecimal, formatMicros, minorDigits } from "@/lib/money.ts";
import { gpuHoursDecimal } from "@/lib/units.ts";
import type { Cell, Column, Unit } from "./report.ts";

/** How the numbers of a unit are printed. */
interface Printed {
  /** Decimals in files, unless the column has its own; `null`: not a number in files. */
  readonly decimals: number | null;
  /** What a printed number is of, where that is not the unit of the cell: the unit that JSON names. */
  readonly as?: string;
  /** Behind a figure that stands alone, and in the head of a column. */
  readonly sign?: string;
  /** A cell divided by it is the printed number; for charts and ratios. 1 where absent. */
  readonly scale?: number;
  /** The exact digits, half to even; fixed decimals of the number where absent. */
  readonly exact?: (value: number | bigint, decimals: number, given: number | undefined) => string;
  /** To read on a page; the number with the column's decimals where absent. */
  readonly read?: (value: number, look: PageLook) => string;
  /** The number and its format in a spreadsheet. */
  readonly sheet?: (value: number, look: SheetLook) => SheetNumber;
}

/** The formats of numbers and dates in a spreadsheet; those of money: `moneyFormat`. */
export const SHEET_FORMATS = {
  count: "0",
  percent: "0.00%",
  quantity: "#,##0.00????",
  unitPrice: "#,##0.00???????",
  date: "yyyy-mm-dd",
  instant: "yyyy-mm-dd hh:mm:ss",
} as const;

const UNITS: Readonly<Record<Unit, Printed>> = {
  text: { decimals: null },
  date: { decimals: null },
  instant: {
    decimals: null,
    exact: (at) => formatInstant(Number(at)),
    read: (at, { zone }) => formatMoment(at, zone),
    sheet: (at) => ({ value: new Date(at * 1000), format: SHEET_FORMATS.instant }),
  },
  count: {
    decimals: 0,
    read: (n, { locale }) => formatNumber(n, 0, locale),
    sheet: (value) => ({ value, format: SHEET_FORMATS.count }),
  },
  percent: {
    decimals: 2,
    sign: "%",
    read: (percent, { locale }) => formatPercent(percent, locale),
    sheet: (value) => ({ value: value / 100, format: SHEET_FORMATS.percent }),
  },
  gpus: { decimals: 2, sign: "GPUs" },
  "milli-gpu-seconds": {
    decimals: 6,
    as: "gpu-hours",
    sign: "GPU-h",
    scale: 3_600_000,
    exact: (milli, decimals) => gpuHoursDecimal(Number(milli), decimals),
    read: (milli, { locale }) => formatGpuHours(milli, locale),
  },
  micros: {
    decimals: 6,
    as: "amount",
    scale: 1e6,
    exact: (micros, decimals) => fixed(micros, 6, decimals),
    read: (micros, { locale }) => formatNumber(micros / 1e6, 2, locale),
    sheet: (micros) => ({ value: micros / 1e6, format: SHEET_FORMATS.quantity }),
  },
  money: {
    decimals: 6,
    as: "amount",
    scale: 1e6,
    exact: (micros, decimals) => money(micros, decimals),
    read: (micros, { locale }) => formatNumber(micros / 1e6, 2, locale),
    sheet: (micros, { currency }) => ({ value: micros / 1e6, format: moneyFormat(currency, true) }),
  },
  nanos: {
    decimals: 9,
    as: "unit-price",
    scale: 1e9,
    exact: (nanos, _, given) => formatDecimal(nanos, 9, given ?? 2),
    read: (nanos, { locale }) => formatNumber(nanos / 1e9, nanos % 1e7 === 0 ? 2 : 4, locale),
    sheet: (nanos) => ({ value: nanos / 1e9, format: SHEET_FORMATS.unitPrice }),
  },
  hours: { decimals: 2, sign: "h" },
  cores: { decimals: 2, sign: "cores" },
  gib: { decimals: 2, sign: "GiB" },
  decimal: { decimals: 2 },
};

type Printable = Pick<Column, "key" | "unit" | "decimals">;

/** How a page shows figures: the zone of its times, and the locale of its numbers. */
export interface PageLook {
  readonly zone: string;
  readonly locale?: string;
}
/** How a spreadsheet shows amounts. */
export interface SheetLook {
  readonly currency: string;
}
/** A number or date of a spreadsheet, in its format. */
export interface SheetNumber {
  readonly value: number | Date;
  readonly format: string;
}

/** Decimals that a column is printed with in every file; 0 for texts and instants. */
export const decimalsOf = ({ unit, decimals }: Pick<Column, "unit" | "decimals">): number =>
  decimals ?? UNITS[unit].decimals ?? 0;
/** Whether a column's cells are printed as numbers. */
export const isNumeric = ({ unit }: Pick<Column, "unit">): boolean => UNITS[unit].decimals !== null;
/** The unit of a printed number: `gpu-hours`, `amount`. */
export const printedUnit = (unit: Unit): string => UNITS[unit].as ?? unit;
/** What stands behind a printed figure: `GPU-h`, `%`; empty where nothing does. */
export const unitSign = (unit: Unit): string => UNITS[unit].sign ?? "";
/** A cell divided by it is the number that is printed. */
export const scaleOf = (unit: Unit): number => UNITS[unit].scale ?? 1;

/**
 * A cell as a surface shows it; null, which is unknown, stays null (in JSON: `null`).
 *
 * - `csv`: texts as they are; instants in RFC 3339 UTC; GPU-hours and money exact, half to even; other numbers with fixed
 *   decimals, no exponent.
 * - `json`: a JSON value with the very digits of `csv`.
 * - `page`: to read, rounded; a hyphen of a number is a typographic minus.
 * - `xlsx`: a number, or a date, in its format; of texts none.
 *
 * @throws Error for a number that is not finite: a report never has one.
 */
export function formatCell(column: Printable, cell: Cell, surface: "csv"): string | null;
export function formatCell(column: Printable, cell: Cell, surface: "json"): string;
export function formatCell(column: Printable, cell: Cell, surface: "page", look: PageLook): string | null;
export function formatCell(column: Printable, cell: Cell, surface: "xlsx", look: SheetLook): SheetNumber | null;
export function formatCell(
  column: Printable,
  cell: Cell,
  surface: "csv" | "json" | "page" | "xlsx",
  look?: PageLook | SheetLook,
): string | SheetNumber | null {
  if (typeof cell === "number" && !Number.isFinite(cell)) throw new Error(`${column.key}: ${cell} is not a figure`);
  if (surface === "page") return readCell(column, cell, look as PageLook);
  if (surface === "xlsx") return sheetCell(column, cell, look as SheetLook);
  const text = fileCell(column, cell);
  if (surface === "csv") return text;
  return text === null ? "null" : typeof cell !== "string" && isNumeric(column) ? text : JSON.stringify(text);
}

function fileCell(column: Printable, cell: Cell): string | null {
  if (cell === null || typeof cell === "string") return cell;
  const { exact } = UNITS[column.unit];
  if (exact) return exact(cell, decimalsOf(column), column.decimals);
  const text = Number(cell).toFixed(decimalsOf(column));
  return /^-0(\.0+)?$/.test(text) ? text.slice(1) : text;
}

function readCell({ unit, decimals }: Printable, cell: Cell, look: PageLook): string | null {
  if (unit === "date" && typeof cell === "string") return formatDate(cell);
  if (cell === null || typeof cell === "string") return cell;
  const { read } = UNITS[unit];
  const value = Number(cell);
  return read ? read(value, look) : formatNumber(value, decimals ?? (Number.isInteger(value) ? 0 : 2), look.locale);
}

function sheetCell({ unit }: Printable, cell: Cell, look: SheetLook): SheetNumber | null {
  if (unit === "date" && cell) return { value: new Date(`${cell}T00:00:00Z`), format: SHEET_FORMATS.date };
  if (cell === null || typeof cell === "string") return null;
  const value = Number(cell);
  const { sheet, scale = 1 } = UNITS[unit];
  return sheet ? sheet(value, look) : { value: value / scale, format: SHEET_FORMATS.quantity };
}

/** An amount with `decimals`. @throws AppError `invalid` for a number that has lost digits: such an amount is a bigint. */
const money = (micros: number | bigint, decimals: number): string =>
  decimals === 6 ? formatMicros(micros) : fixed(micros, 6, decimals);

/** An integer of 10^-places with `decimals` of them. */
function fixed(value: number | bigint, places: number, decimals: number): string {
  return formatDecimal(divideHalfEven(BigInt(value), 10n ** BigInt(places - decimals)), decimals);
}

/** `#,##0.00` for a currency with two decimals, and up to the micro-unit where `exact`; `[$EUR]` names it. */
export function moneyFormat(currency: string, exact: boolean): string {
  const minor = minorDigits(currency);
  const shown = exact
    ? `.${"0".repeat(minor)}${(minor ? "?" : "0").repeat(6 - minor)}`
    : minor
      ? `.${"0".repeat(minor)}`
      : "";
  return `[$${currency}] #,##0${shown}`;
}
