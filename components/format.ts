import * as figures from "@/lib/format.ts";
import { counted, formatDigits, formatNumber, THIN } from "@/lib/format.ts";
import type { ExactMicros } from "@/lib/money.ts";
import { gpuHoursDecimal } from "@/lib/units.ts";

export { formatDate, formatDay, formatMoment, formatNumber, isoDay, THIN } from "@/lib/format.ts";

/** What stands for a value that nobody knows; never a zero. */
export const UNKNOWN = "–";

export const plural = counted;
/** An exact decimal with thousands apart. */
export const grouped = (decimal: string): string => formatDigits(decimal);

/** Figures of lib/format.ts, and a dash for what nobody knows. */
export const formatGpuHours = (milli: number | null): string =>
  milli === null ? UNKNOWN : figures.formatGpuHours(milli);
export const formatPercent = (percent: number | null): string =>
  percent === null ? UNKNOWN : figures.formatPercent(percent);
export const formatMoney = (micros: ExactMicros | null, currency: string, compact = false): string =>
  micros === null ? UNKNOWN : figures.formatMoney(micros, currency, { compact });

/** In whole units of the currency, for headlines: `$348,453`. */
export const formatWholeMoney = (micros: ExactMicros, currency: string): string =>
  figures.formatMoney(micros, currency, { whole: true });

/** A difference, with its sign: `+$12.00`. */
export const formatMoneyChange = (micros: ExactMicros | null, currency: string): string =>
  `${micros !== null && micros > 0 ? "+" : ""}${formatMoney(micros, currency)}`;

/** Milli-GPU-seconds as GPU-hours with six decimals, exactly, as CSV and API give them. */
export const exactGpuHours = (milli: number): string => gpuHoursDecimal(milli);

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
