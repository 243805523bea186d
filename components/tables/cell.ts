import { exactGpuHours, formatMoney, formatMoneyChange } from "@/components/format.ts";
import { formatMicros, formatNanos } from "@/lib/money.ts";
import type { Cell } from "@/lib/reports/report.ts";
import { formatCell } from "@/lib/reports/unit.ts";
import type { Look, TableColumn } from "./view.ts";

type Printed = Pick<TableColumn<never>, "key" | "unit" | "currency" | "change" | "decimals">;

/** A cell as a page prints it: rounded, to read; amounts as money where their currency is given. Null, which is unknown, stays null. */
export function cellText(column: Printed, cell: Cell, look: Look): string | null {
  const { key, unit = "text", currency, change, decimals } = column;
  if (cell !== null && typeof cell !== "string" && currency !== undefined)
    return change ? formatMoneyChange(cell, currency) : formatMoney(cell, currency);
  return formatCell({ key, unit, ...(decimals === undefined ? {} : { decimals }) }, cell, "page", look);
}

/** The exact figure behind a cell that is rounded; undefined where the page prints all of it. */
export function exactText({ unit, currency }: Printed, cell: Cell): string | undefined {
  // A number that a page rounds may have lost digits below: it has no exact figure.
  if (cell === null || typeof cell === "string" || (typeof cell === "number" && !Number.isSafeInteger(cell)))
    return undefined;
  if (unit === "milli-gpu-seconds") return `${exactGpuHours(Number(cell))} GPU-hours`;
  if (unit === "money" || unit === "micros") return `${formatMicros(cell)}${currency ? ` ${currency}` : ""}`;
  if (unit === "nanos") return formatNanos(Number(cell));
  return undefined;
}
