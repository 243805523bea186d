import { DEFAULT_LOCALE, formatPercent } from "@/lib/format.ts";
import { minorDigits } from "@/lib/money.ts";
import type { UnitStatus } from "@/lib/unit-costs/unit-cost.ts";

export const STATUS_WORDS: Readonly<Record<UnitStatus, string>> = {
  on_target: "On target",
  above_target: "Above target",
  above_threshold: "Above threshold",
};
export const STATUS_TONES: Readonly<Record<UnitStatus, "good" | "warn" | "bad">> = {
  on_target: "good",
  above_target: "warn",
  above_threshold: "bad",
};
export const BASIS_WORDS = { allocation: "everything charged", usage: "time in which cards worked" } as const;
export const UNKNOWN_COST = "Count or cost is unknown on every day";

/** A unit cost: a request may cost a fraction of a cent, so up to six decimals, at least those of the currency. */
export function unitMoney(micros: number, currency: string): string {
  const least = Math.min(6, minorDigits(currency));
  const size = Math.abs(micros);
  const most = size >= 1_000_000 || size === 0 ? least : size >= 10_000 ? Math.max(least, 4) : 6;
  const digits = { minimumFractionDigits: least, maximumFractionDigits: most };
  const style = { style: "currency", currency, currencyDisplay: "narrowSymbol" } as const;
  return new Intl.NumberFormat(DEFAULT_LOCALE, { ...style, ...digits }).format(micros / 1e6);
}

/** A change in per cent with its sign. */
export const changeText = (percent: number): string => `${percent > 0 ? "+" : ""}${formatPercent(percent)}`;

/** Thousandths as people read them: `1,200`, `0.5`. */
export const countText = (milli: number): string =>
  (milli / 1000).toLocaleString(DEFAULT_LOCALE, { maximumFractionDigits: 3 });
