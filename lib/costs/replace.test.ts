import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { ctxOf, seedTeam } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { importCosts } from "./import.ts";
import { listImports } from "./store.ts";

const place = { currency: "USD", billingTimeZone: "UTC", openUntilDay: 20261201 };
const HEAD = "from,until,team,cluster,category,description,amount,currency\n";

describe("an import", () => {
  let store: TestDb;
  let ctx: Ctx;
  beforeEach(async () => {
    store = await sqliteFile();
    ctx = ctxOf(store.db);
    await seedTeam(store.db, 11, "Vision", "vision");
  });
  afterEach(() => store.drop());

  it("is replaced only by a file that has all of it", async () => {
    const { db } = store;
    const bill = (month: string) => `10,USD,b1,${month}-01,${month}-01,${month}-11\n`;
    const FOCUS = "BilledCost,BillingCurrency,BillingAccountId,BillingPeriodStart,ChargePeriodStart,ChargePeriodEnd\n";
    const own = (month: string, amount = 5) => `${month}-01,${month}-11,Vision,,storage,Object store,${amount},USD\n`;
    const take = (name: string, text: string) => importCosts(ctx, { name, text, overlap: "replace" }, place);
    const standing = async () =>
      (await listImports(ctxOf(db))).filter((i) => i.removedAt === null).map((i) => [i.name, i.amountMicros / 1e6]);
    await take("both.csv", FOCUS + bill("2026-10") + bill("2026-11"));
    await expect(take("november.csv", FOCUS + bill("2026-11"))).rejects.toThrow(
      "both.csv also has 1 line of 10.000000 USD that november.csv does not have",
    );
    expect(await standing()).toEqual([["both.csv", 20]]);
    await take("all.csv", FOCUS + bill("2026-11") + bill("2026-10") + bill("2026-09"));
    expect(await standing()).toEqual([["all.csv", 30]]);
    await take("own.csv", HEAD + own("2026-10") + own("2026-11"));
    for (const name of ["own.csv", "own-november.csv"])
      await expect(take(name, HEAD + own("2026-11", 6))).rejects.toThrow(
        `own.csv also has 1 line of 5.000000 USD that ${name} does not have.`,
      );
    expect(await standing()).toContainEqual(["own.csv", 10]);
    await take("own-2.csv", HEAD + own("2026-11", 6) + own("2026-10", 4));
    expect((await standing()).map(([name]) => name).sort()).toEqual(["all.csv", "own-2.csv"]);
  });
});
