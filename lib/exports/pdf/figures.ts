import { formatDigits } from "@/lib/format.ts";
import { formatMicros, formatMinor, formatNanos, type Micros, type Nanos } from "@/lib/money.ts";

const MINUS = "\u2212";
/** A space at which no line ends. */
const NARROW = "\u00a0";

/** An amount that is exact: what people read, and the digits below the minor unit, which stand beside it more faintly. */
export interface Figure {
  readonly main: string;
  readonly rest: string;
}

/** Millionths as a figure whose main part has `digits` decimals; the two parts together are all six of them. */
export function figureOf(micros: number, digits: number): Figure {
  const text = formatDigits(formatMicros(micros));
  const cut = text.length - 6 + (digits === 0 ? -1 : digits);
  return { main: text.slice(0, cut), rest: text.slice(cut) };
}

/** A whole number of minor units: `1,413.18`, `154,200` yen. */
export const minorAmount = (micros: Micros, currency: string): string => formatDigits(formatMinor(micros, currency));

export const unitPrice = (nanos: Nanos): string => formatDigits(formatNanos(nanos));

/** One decimal; a part that is there never reads 0.0, one that is not whole never 100.0. */
export function percent(value: number | null): string {
  if (value === null) return "not known";
  if (value > 0 && value < 0.05) return `<0.1${NARROW}%`;
  if (value < 100 && value >= 99.95) return `>99.9${NARROW}%`;
  return `${value.toFixed(1).replace("-", MINUS)}${NARROW}%`;
}

const MONTHS = "January February March April May June July August September October November December".split(" ");

/** A month, 1 to 12, in three letters. */
export const monthText = (month: number): string => (MONTHS[month - 1] ?? "").slice(0, 3);

/** A day key as `1 October 2026`, or `1 Oct 2026`. */
export function dayText(key: number, short = false): string {
  const month = MONTHS[(Math.floor(key / 100) % 100) - 1] ?? "";
  return `${key % 100} ${short ? month.slice(0, 3) : month} ${Math.floor(key / 10_000)}`;
}
