import { canonicalJson } from "@/lib/canonical-json.ts";
import { byShare } from "@/lib/charges/charge.ts";
import type { DayCharges, DayInput } from "@/lib/charges/day.ts";
import { assertTied } from "@/lib/charges/identity.ts";
import { AppError } from "@/lib/errors.ts";
import { compareKeys } from "@/lib/order.ts";
import { dateOfKey } from "@/lib/time.ts";

type Stored = Omit<DayCharges, "teamDays">;

/**
 * Proves that a day's stored charges are what its usage, prices, teams and policies make them, and that they tie out.
 * @throws AppError `conflict` that names the day and the first row that differs; `internal` when it does not tie out.
 */
export function proveDay(input: DayInput, now: DayCharges, stored: Stored): void {
  assertTied(input, now);
  const shares = [...now.shares].sort(byShare);
  const difference =
    firstDifference(now.charges, stored.charges) ??
    firstDifference(shares, [...stored.shares].sort(byShare)) ??
    firstDifference([...now.unpriced].sort(byPlace), [...stored.unpriced].sort(byPlace));
  if (difference)
    throw new AppError(
      "conflict",
      `The charges of ${dateOfKey(input.day)} are not what its usage and prices make them (${difference}). Nothing was closed. Charge it again: ledger charge --from ${dateOfKey(input.day)}`,
    );
}

const byPlace = (a: DayCharges["unpriced"][number], b: typeof a): number =>
  compareKeys([a.hardwareKey, a.sku, a.priceClass], [b.hardwareKey, b.sku, b.priceClass]);

function firstDifference(made: readonly object[], stored: readonly object[]): string | null {
  for (let i = 0; i < Math.max(made.length, stored.length); i++) {
    const [is, was] = [made[i], stored[i]];
    if (is && was && same(is, was)) continue;
    return `stored ${was ? canonicalJson(was) : "nothing"}, made ${is ? canonicalJson(is) : "nothing"}`;
  }
  return null;
}

/** Plain rows with one level of classes: quicker than two texts. */
function same(a: object, b: object): boolean {
  for (const [key, value] of Object.entries(a)) {
    const other = (b as Record<string, unknown>)[key];
    if (value !== null && typeof value === "object") {
      if (!same(value, (other ?? {}) as object)) return false;
    } else if (value !== other) return false;
  }
  return true;
}
