import { SHEET_FORMATS, type SheetNumber } from "@/lib/reports/unit.ts";
import { dateOfKey, type Instant } from "@/lib/time.ts";

/** A cell as write-excel-file takes it: its type is said, never guessed. */
export interface SheetCell {
  readonly value: string | number | Date;
  readonly type: StringConstructor | NumberConstructor | DateConstructor;
  readonly format?: string;
  readonly fontWeight?: "bold";
  readonly align?: "left" | "right";
  readonly wrap?: boolean;
  readonly backgroundColor?: string;
  readonly alignVertical?: "top";
}
export type SheetRow = (SheetCell | null)[];

/** A cell holds no more. */
const LONGEST_TEXT = 32_767;
/** What a spreadsheet would read as an escaped character: `_x0041_`. */
const LOOKS_ESCAPED = /_(?=x[0-9A-Fa-f]{4}_)/g;
/** What XML cannot hold, or the writer would leave out. */
const UNWRITABLE = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\ufffd]/gu;
const escaped = (unit: string): string => `_x${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}_`;

/** A text stays a text, whatever it looks like: it is never a formula, and no character of it is lost. Empty is no cell. */
export function text(value: string | null, style: Partial<SheetCell> = {}): SheetCell | null {
  if (!value) return null;
  let written = value
    .slice(0, LONGEST_TEXT)
    .replace(LOOKS_ESCAPED, "_x005F_")
    .replace(UNWRITABLE, (c) => (c === "\n" || c === "\t" ? c : c.split("").map(escaped).join("")));
  // The writer looks texts up in a plain object, which knows "constructor" and its like already.
  if (written in {}) written = escaped(written) + written.slice(1);
  return { value: written, type: String, ...style };
}

/** A number in a format; null is no cell, for what is not known is not 0. */
export function figure(value: number | null, format: string, style: Partial<SheetCell> = {}): SheetCell | null {
  return value === null ? null : { value, type: Number, format, ...style };
}

/** A number or a date as a report prints it; null is no cell. */
export const printed = (cell: SheetNumber | null): SheetCell | null =>
  cell && { ...cell, type: cell.value instanceof Date ? Date : Number };

/** Integers of 10^-6 as the number nearest to them: below 2^51 it rounds back to the same integer. */
export const fromMicros = (micros: number | null): number | null => (micros === null ? null : micros / 1e6);

/** A day key as a date, which has no time and no zone. */
export const day = (key: number): SheetCell => ({
  value: new Date(`${dateOfKey(key)}T00:00:00Z`),
  type: Date,
  format: SHEET_FORMATS.date,
});

/** An instant in seconds as a UTC date with its time; null is no cell. */
export const moment = (at: Instant | null): SheetCell | null =>
  at === null ? null : { value: new Date(at * 1000), type: Date, format: SHEET_FORMATS.instant };

export const heading = (label: string, right = false): SheetCell => ({
  value: label,
  type: String,
  fontWeight: "bold",
  backgroundColor: "#E8EDF3",
  align: right ? "right" : "left",
});
