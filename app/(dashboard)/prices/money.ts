import "server-only";
import { env } from "@/lib/env.ts";
import type { MoneySettings } from "@/lib/pricing/propose.ts";

/** Whose money, from the settings. */
export function moneySettings(): MoneySettings {
  const { LEDGER_CURRENCY, BILLING_TIME_ZONE } = env();
  return { currency: LEDGER_CURRENCY, billingTimeZone: BILLING_TIME_ZONE };
}
