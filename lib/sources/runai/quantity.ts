import { own } from "@/lib/order.ts";

/** A decimal number held exactly: `digits × 10^-scale`. */
interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

const MEBI = 1n << 20n;
const BINARY: Readonly<Record<string, bigint>> = {
  Ki: 1n << 10n,
  Mi: MEBI,
  Gi: 1n << 30n,
  Ti: 1n << 40n,
  Pi: 1n << 50n,
  Ei: 1n << 60n,
};
/** Powers of ten; `K` is not in the grammar of Kubernetes but in that of the vendor. */
const DECIMAL: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  "": 0,
  k: 3,
  K: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
/** Far beyond any machine, and small enough that 10^n stays cheap. */
const MOST_EXPONENT = 40;

function decimal(text: string): Decimal | null {
  const match = /^([+-]?)(\d+\.?\d*|\.\d+)$/.exec(text);
  if (!match || text.length > 60) return null;
  const [whole = "", fraction = ""] = (match[2] ?? "").split(".");
  const digits = BigInt(`${whole}${fraction}`);
  return { digits: match[1] === "-" ? -digits : digits, scale: fraction.length };
}

/** The quantity as an exact fraction of its base unit (bytes, cores), or null. */
function fraction(text: string): { numerator: bigint; denominator: bigint } | null {
  const match = /^([+-]?[\d.]+)(?:([eE][+-]?\d{1,3})|((?:[KMGTPE]i|[numkKMGTPE])?)B?)$/.exec(text.trim());
  const number = match && decimal(match[1] ?? "");
  if (!number) return null;
  const binary = own(BINARY, match[3] ?? "");
  if (binary) return { numerator: number.digits * binary, denominator: 10n ** BigInt(number.scale) };
  const power = match[2] ? Number(match[2].slice(1)) : own(DECIMAL, match[3] ?? "");
  if (power === undefined || Math.abs(power) > MOST_EXPONENT) return null;
  const exponent = power - number.scale;
  return exponent >= 0
    ? { numerator: number.digits * 10n ** BigInt(exponent), denominator: 1n }
    : { numerator: number.digits, denominator: 10n ** BigInt(-exponent) };
}

function rounded(numerator: bigint, denominator: bigint): number | null {
  if (numerator < 0n) return null;
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  const value = Number(up ? quotient + 1n : quotient);
  return Number.isSafeInteger(value) ? value : null;
}

function textOf(quantity: string | number | null | undefined): string {
  return typeof quantity === "number" ? String(quantity) : (quantity ?? "");
}

/**
 * A Kubernetes memory quantity (`128Gi`, `2G`, `1.5e9`, `0B`; a bare number is bytes) in whole MiB, computed exactly
 * and rounded half to even. Null if it is not a quantity, negative, or beyond 2^53 MiB.
 */
export function quantityMib(quantity: string | number | null | undefined): number | null {
  const bytes = fraction(textOf(quantity));
  return bytes && rounded(bytes.numerator, bytes.denominator * MEBI);
}

/**
 * A Kubernetes CPU quantity (`500m`, `2`, `0.25`) in whole milli-cores, computed exactly and rounded half to even. Null
 * if it is not a quantity, negative, or beyond 2^53.
 */
export function quantityMilliCores(quantity: string | number | null | undefined): number | null {
  const cores = fraction(textOf(quantity));
  return cores && rounded(cores.numerator * 1000n, cores.denominator);
}
