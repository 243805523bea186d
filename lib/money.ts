import { AppError } from "./errors.ts";
import { own } from "./order.ts";

/**
 * Money is an integer of micro-units of the ledger currency (1 USD = 1,000,000), kept in a safe integer: up to nine
 * billion. Sums over teams, days and models may be larger: ExactMicros. A unit price is an integer of nano-units for one unit and hour, because a GiB-hour may cost less than a
 * micro-unit. Products are BigInt and are rounded once, half to even.
 */
export type Micros = number;
export type Nanos = number;
/** A sum of any size: a number wherever that is exact, else a bigint. Never mixed in arithmetic: sums are made by sumMicros. */
export type ExactMicros = Micros | bigint;

/** `n / d` rounded half to even. @param d greater than 0. */
export function divideHalfEven(n: bigint, d: bigint): bigint {
  const floor = n / d - (n % d < 0n ? 1n : 0n);
  const twice = 2n * (n - floor * d);
  return floor + (twice > d || (twice === d && floor % 2n !== 0n) ? 1n : 0n);
}

/** Says what the largest figure is, in micro-units as in any other unit. */
export const tooLarge = (value: number | bigint): AppError =>
  new AppError(
    "invalid",
    `${value} is too large to be kept exactly: one figure holds at most ${Number.MAX_SAFE_INTEGER}, as money 9,007,199,254.740991 of the ledger's currency.`,
  );

/** A BigInt as a safe integer. @throws AppError `invalid` when it is too large to be kept exactly. */
export function safeInteger(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw tooLarge(value);
  return number;
}

/**
 * The sum of safe integers, in any order of them. @throws AppError `invalid` when it, or one of them, is not safe: sumMicros has no
 * such limit for the sum.
 */
export function sumExactly(values: Iterable<number>): number {
  let sum = 0;
  // What went beyond the safe integers on the way may come back.
  let beyond = 0n;
  for (const value of values) {
    if (!Number.isSafeInteger(value)) throw tooLarge(value);
    if (Number.isSafeInteger(sum + value)) sum += value;
    else {
      beyond += BigInt(sum);
      sum = value;
    }
  }
  return beyond === 0n ? sum : safeInteger(beyond + BigInt(sum));
}

/** `a + b` of two amounts, exact. @throws AppError `invalid` when it, or one of them, is not safe. */
export function addExactly(a: number, b: number): number {
  const sum = a + b;
  // Of two safe integers the sum is exact, or not safe.
  if (!Number.isSafeInteger(a) || !Number.isSafeInteger(b)) throw tooLarge(Number.isSafeInteger(a) ? b : a);
  if (!Number.isSafeInteger(sum)) throw tooLarge(BigInt(a) + BigInt(b));
  return sum;
}

/** A sum as a number wherever that is exact. */
export function exactMicros(sum: bigint): ExactMicros {
  const number = Number(sum);
  return Number.isSafeInteger(number) ? number : sum;
}

/** An amount of any size without its sign. */
export const absMicros = (micros: ExactMicros): ExactMicros => (micros < 0 ? exactMicros(-BigInt(micros)) : micros);

/** The sum of amounts, whatever its size. */
export function sumMicros(values: Iterable<ExactMicros>): ExactMicros {
  let sum = 0n;
  for (const value of values) sum += BigInt(value);
  return exactMicros(sum);
}

/** `after − before`, whatever its size. */
export const changeMicros = (after: ExactMicros, before: ExactMicros): ExactMicros =>
  exactMicros(BigInt(after) - BigInt(before));

/**
 * Splits `total` into integers in proportion to `weights` by the largest remainder: the parts sum to `total`, each is
 * within 1 of its exact share, and equal remainders go to the earlier index.
 * @param weights integers ≥ 0, not all 0 (unless `total` is 0). @throws AppError `internal` otherwise.
 */
export function splitExactly(total: number, weights: readonly (number | bigint)[]): number[] {
  const exact = weights.map(BigInt);
  const sum = exact.reduce((a, b) => a + b, 0n);
  if (exact.some((w) => w < 0n) || (sum === 0n && total !== 0))
    throw new AppError("internal", `${total} cannot be split by ${weights.length} weights that sum to ${sum}.`);
  if (sum === 0n) return exact.map(() => 0);
  const whole = BigInt(total);
  const parts = exact.map((w, index) => {
    const n = whole * w;
    const floor = n / sum - (n % sum < 0n ? 1n : 0n);
    return { index, floor, remainder: n - floor * sum };
  });
  let left = whole - parts.reduce((a, p) => a + p.floor, 0n);
  const byRemainder = [...parts].sort((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  );
  for (const part of byRemainder) {
    if (left === 0n) break;
    part.floor += 1n;
    left -= 1n;
  }
  return parts.map((p) => safeInteger(p.floor));
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** A plain decimal such as `2.50` or `-0.125` as an integer of 10^-places, or null when it is not one or needs more places. */
export function parseDecimal(text: string, places: number): number | null {
  const match = DECIMAL.exec(text.trim());
  if (!match) return null;
  const [, sign, whole = "", fraction = ""] = match;
  if (fraction.replace(/0+$/, "").length > places) return null;
  const digits = Number(whole + fraction.slice(0, places).padEnd(places, "0"));
  if (!Number.isSafeInteger(digits)) return null;
  return sign === "-" && digits !== 0 ? -digits : digits;
}

/** Why parseDecimal takes no text: what to write in its place, or that it is a decimal, and larger than one figure holds. */
export function decimalWords(text: string, places: number, otherwise: string): string {
  const [, , , fraction = ""] = DECIMAL.exec(text.trim()) ?? [];
  const isPlain = DECIMAL.test(text.trim()) && fraction.replace(/0+$/, "").length <= places;
  if (!isPlain || parseDecimal(text, places) !== null) return otherwise;
  return `is too large: one figure holds at most ${formatDecimal(Number.MAX_SAFE_INTEGER, places)}.`;
}

/** An integer of 10^-places as a plain decimal, exactly; zeros after the `least` places are left out. */
export function formatDecimal(value: number | bigint, places: number, least = places): string {
  const exact = BigInt(value);
  const digits = (exact < 0n ? -exact : exact).toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  let fraction = digits.slice(digits.length - places);
  while (fraction.length > least && fraction.endsWith("0")) fraction = fraction.slice(0, -1);
  return `${exact < 0n ? "-" : ""}${whole}${fraction ? `.${fraction}` : ""}`;
}

export const parseMicros = (text: string): Micros | null => parseDecimal(text, 6);
export const parseNanos = (text: string): Nanos | null => parseDecimal(text, 9);
/** All six places: what files show. @throws AppError `invalid` for a number that has lost digits. */
export function formatMicros(micros: ExactMicros): string {
  if (typeof micros === "number" && !Number.isSafeInteger(micros)) throw tooLarge(micros);
  return formatDecimal(micros, 6);
}
/** A unit price: two places at least, nine at most. */
export const formatNanos = (nanos: Nanos): string => formatDecimal(nanos, 9, 2);

/** Currencies whose minor unit is not a hundredth, by its decimals: ISO 4217, list one, of 2024-06-25. */
const OTHER_DIGITS: Readonly<Record<string, number>> = Object.fromEntries([
  ..."BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" ").map((code) => [code, 0]),
  ..."BHD IQD JOD KWD LYD OMR TND".split(" ").map((code) => [code, 3]),
  ..."CLF UYW".split(" ").map((code) => [code, 4]),
]);
const CURRENCIES: ReadonlySet<string> = new Set([...Intl.supportedValuesOf("currency"), ...Object.keys(OTHER_DIGITS)]);

/**
 * ISO 4217 decimals of a currency's minor unit: 2 for USD and HUF, 0 for JPY. Not those of `Intl`, which are how people write
 * prices. @throws AppError `invalid` when it is no code.
 */
export function minorDigits(currency: string): number {
  if (!CURRENCIES.has(currency))
    throw new AppError("invalid", `"${currency}" is not a currency: use its ISO 4217 code, such as USD.`);
  return own(OTHER_DIGITS, currency) ?? 2;
}

/** Rounds once to the currency's minor unit, half away from zero; still in micro-units. @throws AppError `invalid` when it is too large. */
export const roundToMinor = (micros: Micros, currency: string): Micros =>
  safeInteger(BigInt(roundSumToMinor(micros, currency)));

/** The same of a sum of any size. */
export function roundSumToMinor(micros: ExactMicros, currency: string): ExactMicros {
  const step = 10n ** BigInt(6 - Math.min(6, minorDigits(currency)));
  const exact = BigInt(micros);
  const magnitude = exact < 0n ? -exact : exact;
  const rounded = ((magnitude + step / 2n) / step) * step;
  return exactMicros(exact < 0n ? -rounded : rounded);
}

/** An amount that is rounded already, with the decimals of its currency: `1413.18`, `154200` yen. */
export function formatMinor(micros: ExactMicros, currency: string): string {
  const digits = Math.min(6, minorDigits(currency));
  return formatDecimal(BigInt(micros) / 10n ** BigInt(6 - digits), digits);
}

/** What a quantity is priced by: its base units in one priced unit and hour. */
export const SKUS = {
  /** milli-GPU-seconds in a GPU-hour */
  gpu: { unit: "GPU-Hours", perUnit: 3_600_000 },
  /** milli-core-seconds in a core-hour */
  cpu: { unit: "Core-Hours", perUnit: 3_600_000 },
  /** MiB-seconds in a GiB-hour */
  memory: { unit: "GiB-Hours", perUnit: 3_686_400 },
  "gpu-memory": { unit: "GiB-Hours", perUnit: 3_686_400 },
} as const;
export type Sku = keyof typeof SKUS;

/** quantity × price in micro-units, rounded half to even. */
export function priceOf(quantity: number, sku: Sku, unitPriceNanos: Nanos): Micros {
  const product = BigInt(quantity) * BigInt(unitPriceNanos);
  return safeInteger(divideHalfEven(product, BigInt(SKUS[sku].perUnit) * 1000n));
}

/** `part / whole` of an amount, rounded half to even. @param whole greater than 0. */
export function priceFraction(amount: Micros, part: number, whole: number): Micros {
  return safeInteger(divideHalfEven(BigInt(amount) * BigInt(part), BigInt(whole)));
}

/** A quantity in priced units as an exact decimal of `places`, half to even. */
export function formatQuantity(quantity: number, sku: Sku, places = 6): string {
  return formatDecimal(divideHalfEven(BigInt(quantity) * 10n ** BigInt(places), BigInt(SKUS[sku].perUnit)), places);
}
