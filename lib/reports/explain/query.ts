import { AppError } from "@/lib/errors.ts";
import { SKUS } from "@/lib/money.ts";
import { own } from "@/lib/order.ts";
import { PRICE_CLASSES } from "@/lib/pricing/types.ts";
import { suggest } from "@/lib/reports/read/near-names.ts";

/** What an amount is of: the keys that identify it. */
export interface ExplainQuery {
  readonly team?: number;
  readonly project?: number;
  readonly workload?: number;
  readonly hardware?: number;
  readonly price?: number;
  readonly sku?: string;
  readonly priceClass?: string;
}

const NUMBERS = ["team", "project", "workload", "hardware", "price"] as const;
const TEXTS: Readonly<Record<string, readonly string[]>> = { sku: Object.keys(SKUS), priceClass: PRICE_CLASSES };
const PERIODS = ["period", "month", "from", "to"];

/** @throws AppError `invalid` for an unknown key, or a value that is not the key of a row. */
export function parseExplain(given: Readonly<Record<string, string | undefined>>): ExplainQuery {
  const out: Record<string, number | string> = {};
  for (const [key, value] of Object.entries(given)) {
    if (!value || PERIODS.includes(key)) continue;
    const choices = own(TEXTS, key);
    if (choices?.includes(value)) out[key] = value;
    else if (choices) throw new AppError("invalid", `"${value}" is not a ${key}: use ${choices.join(", ")}.`);
    else if (!NUMBERS.some((n) => n === key))
      throw new AppError(
        "invalid",
        `"${key}" is not the key of an amount.${suggest(key, [...NUMBERS, ...Object.keys(TEXTS)])}`,
      );
    else if (/^\d{1,15}$/.test(value)) out[key] = Number(value);
    else throw new AppError("invalid", `"${value}" is not a ${key}: give its key, a whole number.`);
  }
  return out;
}
