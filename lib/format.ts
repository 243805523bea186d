import { type ExactMicros, formatDecimal, minorDigits } from "./money.ts";

/**
 * Numbers and money as people of a locale write them: the one place, for pages, the PDF and messages. Pure; a number that
 * nobody knows is not for these functions.
 */
export const DEFAULT_LOCALE = "en-US";
const MINUS = "\u2212";
/** A narrow no-break space: parts a number from its unit. */
export const THIN = "\u202f";

/** The formats made so far: one takes longer than many numbers. */
const formats = new Map<string, Intl.NumberFormat>();
function formatOf(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, options);
    formats.set(key, format);
  }
  return format;
}

/** `1234567.891` with one decimal → `1,234,567.9`. Half away from zero, as Intl rounds; a typographic minus. */
export function formatNumber(value: number, decimals = 0, locale = DEFAULT_LOCALE): string {
  const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return formatOf(locale, options).format(value).replace("-", MINUS);
}

/** A plain decimal with every digit that it has, its thousands apart: `-1234.500000` → `−1,234.500000`. */
export function formatDigits(decimal: string, locale = DEFAULT_LOCALE): string {
  const digits = decimal.split(".")[1]?.length ?? 0;
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return formatOf(locale, options)
    .format(decimal as `${number}`)
    .replace("-", MINUS);
}

export interface MoneyLook {
  /** For the axes of charts: `$1.23K`. */
  readonly compact?: boolean;
  /** Without what is below the unit of the currency. */
  readonly whole?: boolean;
  readonly locale?: string;
}

/**
 * Micro-units of a currency, rounded to its minor unit half away from zero: `$1,234.50`; an amount too small for that is
 * `<$0.01`, never zero. The exact amount is `formatMicros`. @throws AppError `invalid` for a currency that does not exist.
 */
export function formatMoney(micros: ExactMicros, currency: string, look: MoneyLook = {}): string {
  const { compact = false, whole: isWhole = false, locale = DEFAULT_LOCALE } = look;
  const digits = isWhole ? 0 : minorDigits(currency);
  const style = { style: "currency", currency, currencyDisplay: "narrowSymbol" } as const;
  const whole = { ...style, minimumFractionDigits: digits, maximumFractionDigits: digits };
  const short = { ...style, notation: "compact", maximumSignificantDigits: 3 } as const;
  const print = (value: number | `${number}`) => formatOf(locale, compact ? short : whole).format(value);
  const sign = micros < 0 ? MINUS : "";
  const text =
    typeof micros === "bigint"
      ? print(formatDecimal(micros < 0n ? -micros : micros, 6) as `${number}`)
      : print(Math.abs(micros) / 1e6);
  if (micros === 0 || text !== print(0)) return `${sign}${text}`;
  return `${sign}<${formatOf(locale, whole).format(10 ** -digits)}`;
}

/** Milli-GPU-seconds as GPU-hours to read: three to four figures; `<0.01` for a trace. */
export function formatGpuHours(milli: number, locale = DEFAULT_LOCALE): string {
  const hours = milli / 3_600_000;
  const size = Math.abs(hours);
  if (size === 0) return "0";
  if (size < 0.005) return "<0.01";
  return formatNumber(hours, size >= 1000 ? 0 : size >= 100 ? 1 : 2, locale);
}

/** Per cent with one decimal; a part that is there never reads 0.0, and one that is not whole never 100. */
export function formatPercent(percent: number, locale = DEFAULT_LOCALE): string {
  if (percent > 0 && percent < 0.05) return `<${formatNumber(0.1, 1, locale)}${THIN}%`;
  if (percent < 100 && percent >= 99.95) return `>${formatNumber(99.9, 1, locale)}${THIN}%`;
  return `${formatNumber(percent, percent === 100 || percent === 0 ? 0 : 1, locale)}${THIN}%`;
}

type Moment = "month" | "date" | "minute" | "second" | "hour" | "clock";
const SHAPES: Record<Moment, Intl.DateTimeFormatOptions> = {
  month: { month: "short", year: "numeric" },
  date: { day: "numeric", month: "short", year: "numeric" },
  minute: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  second: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  hour: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  clock: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};
const moments = new Map<string, Intl.DateTimeFormat>();

/** An instant in a zone: `20 Nov, 16:38`, always in this order, which no locale takes for another day. */
export function formatMoment(at: number, zone: string, shape: Moment = "minute"): string {
  const key = `${zone} ${shape}`;
  let format = moments.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", { ...SHAPES[shape], timeZone: zone });
    moments.set(key, format);
  }
  return format.format(at * 1000);
}

/** A day key as a date to read: 20261129 → `29 Nov 2026`, always in this order; its month: `Nov 2026`. */
export const formatDay = (day: number, shape: "date" | "month" = "date"): string =>
  formatMoment(Date.UTC(Math.floor(day / 10_000), (Math.floor(day / 100) % 100) - 1, day % 100) / 1000, "UTC", shape);

/** A day key as ISO 8601 writes its date: 20261129 → `2026-11-29`. Needs no calendar, which is much to load in a browser. */
export const isoDay = (day: number): string => String(day).replace(/^(\d{4})(\d{2})(\d{2})$/, "$1-$2-$3");

/** An ISO date as a date to read; a text that is no date stays as it is. */
export function formatDate(date: string): string {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date) ?? [];
  return year ? formatDay(Number(`${year}${month}${day}`)) : date;
}

/** Seconds since the epoch in RFC 3339, UTC, whole seconds: as files say an instant. */
export function formatInstant(at: number): string {
  return new Date(at * 1000).toISOString().replace(".000Z", "Z");
}

/** A count with its noun: `1 window`, `2 windows`, `10,043 windows`. */
export function counted(count: number, one: string, many = `${one}s`, locale = DEFAULT_LOCALE): string {
  return `${formatNumber(count, 0, locale)} ${count === 1 ? one : many}`;
}
