import { expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { sqliteFile } from "@/db/testing.ts";
import { UNASSIGNED_TEAM } from "@/lib/attribution/types.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { ctxOf, GPU_HOUR, meterDay, seedInventory, seedPrice } from "@/lib/charges/testing-ledger.ts";
import { auditPeriod } from "@/lib/closing/audit.ts";
import { closePeriod } from "@/lib/closing/close.ts";
import { SETTINGS as DOLLARS } from "@/lib/closing/testing-close.ts";
import { focusRows } from "@/lib/exports/focus/focus.ts";
import { STATEMENT_COLUMNS, statementRows } from "@/lib/exports/statement-lines.ts";
import { recordExchangeRate } from "@/lib/pricing/price-changes.ts";
import { statementCharges } from "./charge-load.ts";
import { loadStatement } from "./load.ts";
import { rateSentences } from "./words.ts";

const MONEY = { currency: "KWD", billingTimeZone: "UTC" };
const SETTINGS = { ...DOLLARS, currency: "KWD" };

it("a price in another currency stands on every file with its exchange rate, and is frozen with the close", async () => {
  const ledger = await sqliteFile();
  try {
    const { db } = ledger;
    const ctx = ctxOf(db);
    await seedInventory(db);
    await seedPrice(db, "H100 80GB", 2_990_000_000, 20261001);
    const rate = (day: string, text: string) =>
      recordExchangeRate(ctx, { currency: "USD", day, rate: text, source: "Central Bank of Kuwait" }, MONEY);
    await rate("2026-10-01", "0.306912345");
    await rate("2026-10-31", "0.3071");
    const used = { hardwareKey: 1, workloadKey: 1, projectKey: 1, activeMilli: 10 * GPU_HOUR };
    for (const day of [20261030, 20261031]) await meterDay(db, day, [used]);
    await chargeDue(ctx, MONEY);
    const agreed = { currency: "USD", unitPriceNanos: 2_990_000_000, rateSource: "Central Bank of Kuwait" };
    const expected = [
      { unitPriceNanos: 917_667_912, foreign: { ...agreed, rateNanos: 306_912_345, rateDay: 20261001 } },
      { unitPriceNanos: 918_229_000, foreign: { ...agreed, rateNanos: 307_100_000, rateDay: 20261031 } },
    ];
    const load = async () => (await loadStatement(ctx, SETTINGS, "2026-10", UNASSIGNED_TEAM)).statement;
    const check = async () => {
      const statement = await load();
      expect(statement.lines.filter((l) => l.kind === "usage")).toMatchObject(expected);
      const [first] = [...statementRows(statement)];
      expect(STATEMENT_COLUMNS.slice(-9, -4).map((c) => first?.[c.key])).toEqual([
        ...["USD", 2_990_000_000, 306_912_345, "2026-10-01", "Central Bank of Kuwait"],
      ]);
      expect(rateSentences(statement)).toEqual([
        "1 USD = 0.306912345 KWD from 2026-10-01 on (Central Bank of Kuwait), for prices that are agreed in USD.",
        "1 USD = 0.3071 KWD from 2026-10-31 on (Central Bank of Kuwait), for prices that are agreed in USD.",
      ]);
      const rows: unknown[] = [];
      for await (const page of focusRows(statement, statementCharges(db, statement))) rows.push(...page);
      expect(rows[0]).toMatchObject({
        ...{ BillingCurrency: "KWD", ListUnitPrice: "0.917667912", PricingCurrency: "USD" },
        ...{ PricingCurrencyListUnitPrice: "2.99", PricingCurrencyContractedUnitPrice: "2.99" },
        ...{ PricingCurrencyEffectiveCost: "29.900000000000002", x_ExchangeRate: "0.306912345" },
        ...{ x_ExchangeRateDate: "2026-10-01", x_ExchangeRateSource: "Central Bank of Kuwait" },
      });
    };
    await check();
    await closePeriod(ctx, SETTINGS, { period: "2026-10" });
    await check();
    expect((await auditPeriod(ctx, SETTINGS, "2026-10")).faults).toEqual([]);
    for (const change of [
      sql`update exchange_rates set rate_nanos = 1 where day = 20261001`,
      sql`delete from exchange_rates where day = 20261031`,
      sql`insert or replace into exchange_rates values ('USD', 20261031, 1, '', '', 0)`,
      sql`insert into exchange_rates values ('USD', 20261015, 1, '', '', 0)`,
    ])
      await expect(db.write((tx) => tx.run(change))).rejects.toThrow("the period of this exchange rate is closed");
  } finally {
    await ledger.drop();
  }
});
