import { minorDigits } from "@/lib/money.ts";
import { counted, gpuHoursDecimal } from "@/lib/units.ts";

/** A narrow no-break space: groups thousands, and parts a number from its unit. */
export const THIN = "\u202f";
/** What stands for a value that nobody knows; never a zero. */
export const UNKNOWN = "–";

/** `1234567.891` with one decimal → `1 234 567.9`. Half away from zero, as Intl rounds. */
export function formatNumber(value: number, decimals = 0): string {
  return value
    .toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
    .replaceAll(",", THIN)
    .replace("-", "\u2212");
}

/** A count with its noun: `1 cluster`, `2 clusters`, `0 clusters`. */
export const plural = (count: number, one: string, many?: string): string => counted(count, one, many, formatNumber);

/** Milli-GPU-seconds as GPU-hours to read: three to four figures; `<0.01` for a trace. The exact value is `exactGpuHours`. */
export function formatGpuHours(milli: number | null): string {
  if (milli === null) return UNKNOWN;
  const hours = milli / 3_600_000;
  const size = Math.abs(hours);
  if (size === 0) return "0";
  if (size > 0 && size < 0.005) return "<0.01";
  return formatNumber(hours, size >= 1000 ? 0 : size >= 100 ? 1 : 2);
}

/** Milli-GPU-seconds as GPU-hours with six decimals, exactly, as CSV and API give them. */
export const exactGpuHours = (milli: number): string => gpuHoursDecimal(milli);

const currencies = new Map<string, Intl.NumberFormat>();
function currencyFormat(currency: string, compact: boolean): Intl.NumberFormat {
  const key = `${currency} ${compact}`;
  let format = currencies.get(key);
  if (!format) {
    const digits = minorDigits(currency);
    const style = { style: "currency", currency, currencyDisplay: "narrowSymbol" } as const;
    format = new Intl.NumberFormat(
      "en-US",
      compact
        ? { ...style, notation: "compact", maximumSignificantDigits: 3 }
        : { ...style, minimumFractionDigits: digits, maximumFractionDigits: digits },
    );
    currencies.set(key, format);
  }
  return format;
}

/**
 * Micro-units of a currency to read, rounded to its minor unit half away from zero: `$1 234.50`; an amount too small for
 * that is `<$0.01`, never zero. `compact`, for the axes of charts: `$1.23K`. The exact amount is `formatMicros`.
 */
export function formatMoney(micros: number | null, currency: string, compact = false): string {
  if (micros === null) return UNKNOWN;
  const print = (value: number) => currencyFormat(currency, compact).format(value).replaceAll(",", THIN);
  const text = print(Math.abs(micros) / 1e6);
  if (micros !== 0 && text === print(0)) {
    const least = 10 ** -minorDigits(currency);
    return `${micros < 0 ? "\u2212" : ""}<${currencyFormat(currency, false).format(least)}`;
  }
  return micros < 0 ? `\u2212${text}` : text;
}

/** A difference, with its sign: `+$12.00`. */
export const formatMoneyChange = (micros: number | null, currency: string): string =>
  `${micros !== null && micros > 0 ? "+" : ""}${formatMoney(micros, currency)}`;

/** Per cent with one decimal; a part that is there never reads 0.0, and one that is not whole never 100. */
export function formatPercent(percent: number | null): string {
  if (percent === null) return UNKNOWN;
  if (percent > 0 && percent < 0.05) return `<0.1${THIN}%`;
  if (percent < 100 && percent >= 99.95) return `>99.9${THIN}%`;
  return `${formatNumber(percent, percent === 100 || percent === 0 ? 0 : 1)}${THIN}%`;
}

/** Milli-GPU as GPUs: `8`, `0.5`. */
export function formatGpus(milli: number | null): string {
  if (milli === null) return UNKNOWN;
  return formatNumber(milli / 1000, milli % 1000 === 0 ? 0 : milli % 100 === 0 ? 1 : 2);
}

/** MiB as the nearest of MiB, GiB, TiB. */
export function formatMib(mib: number | null): string {
  if (mib === null) return UNKNOWN;
  if (mib < 1024) return `${formatNumber(mib)}${THIN}MiB`;
  if (mib < 1024 * 1024) return `${formatNumber(mib / 1024, 1)}${THIN}GiB`;
  return `${formatNumber(mib / 1024 / 1024, 2)}${THIN}TiB`;
}

type Moment = "date" | "minute" | "second" | "hour" | "clock";
const SHAPES: Record<Moment, Intl.DateTimeFormatOptions> = {
  date: { day: "numeric", month: "short", year: "numeric" },
  minute: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  second: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  hour: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  clock: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};
const formatters = new Map<string, Intl.DateTimeFormat>();

/** An instant in a zone, as people write it: `20 Nov, 16:38`. */
export function formatMoment(at: number, zone: string, shape: Moment = "minute"): string {
  const key = `${zone} ${shape}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-GB", { ...SHAPES[shape], timeZone: zone });
    formatters.set(key, formatter);
  }
  return formatter.format(at * 1000);
}

/** Seconds as people say them, in the largest one or two units: `3 d 4 h`, `12 min`. */
export function formatSpan(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s}${THIN}s`;
  if (s < 3600) return `${Math.floor(s / 60)}${THIN}min`;
  const [big, small, size] = s < 86_400 ? (["h", "min", 60] as const) : (["d", "h", 3600] as const);
  const whole = size * (s < 86_400 ? 60 : 24);
  const rest = Math.floor((s % whole) / size);
  const head = `${formatNumber(Math.floor(s / whole))}${THIN}${big}`;
  return rest ? `${head} ${rest}${THIN}${small}` : head;
}

/** The digits of an exact decimal with thousands apart, by thin spaces as elsewhere. */
export const grouped = (decimal: string): string => decimal.replace(/\B(?=(?:\d{3})+(?=\.))/g, "\u202f");
