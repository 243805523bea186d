import { type Reader, sql } from "@/db/client.ts";
import { charges, closes, exchangeRates, prices } from "@/db/schema/index.ts";
import { AppError } from "@/lib/errors.ts";

/**
 * A ledger's amounts are of one currency, which they do not name: in another one they would be worth something else.
 * What was closed says its currency, and so do the prices of charges that needed no exchange rate.
 * @throws AppError `conflict` when what is charged is of another currency than the settings name.
 */
export async function assertCurrency(db: Reader, currency: string): Promise<void> {
  const known = await db.find<{
    currency: string;
  }>(sql`select c.currency from ${closes} c where c.currency <> ${currency}
    union all select p.currency from ${prices} p where p.currency <> ${currency}
      and not exists (select 1 from ${exchangeRates} r where r.currency = p.currency)
      and exists (select 1 from ${charges} c where c.price_key = p.key)
    limit 1`);
  if (known)
    throw new AppError(
      "conflict",
      `This ledger's amounts are in ${known.currency}, but LEDGER_CURRENCY is ${currency}. Set it back; for another currency start a new ledger (DATABASE_URL).`,
    );
  // A rate is what a foreign unit is worth: the ledger's own currency has none.
  const foreign = await db.find(sql`select 1 from ${exchangeRates} where currency = ${currency} limit 1`);
  if (foreign)
    throw new AppError(
      "conflict",
      `This ledger's amounts are in another currency, for it has exchange rates of ${currency}, but LEDGER_CURRENCY is ${currency}. Set it back.`,
    );
}
