import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { addUser, setDisabled } from "@/lib/auth/users.ts";
import { assertCurrency } from "@/lib/charges/currency-store.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { ctxOf, GPU_HOUR, meterDay, seedInventory } from "@/lib/charges/testing-ledger.ts";
import type { Viewer } from "@/lib/ctx.ts";
import { previewPrices } from "@/lib/previews/price.ts";
import { approvePrices, recordExchangeRate } from "./price-changes.ts";
import { listProposals, listProposed, loadPriceBook } from "./price-store.ts";
import { dropProposal, noteOf, proposePrices } from "./propose.ts";

const money = { currency: "USD", billingTimeZone: "UTC" };
const draft = (unitPrice: string, effectiveFrom: string, more = {}) => ({
  ...{ line: 1, kind: "gpu", match: "H100 80GB", cluster: "", priceClass: "", currency: "" },
  ...{ unitPrice, effectiveFrom, origin: { type: "entered", note: "" } as const },
  ...more,
});

it("a file with many notes gives a note that a proposal takes, with what the person says first", () => {
  const many = Array.from({ length: 40 }, (_, i) => `Rate of a service with a long name, the ${i}th of a long list`);
  const note = noteOf("For 2027.", [many.join(", "), "Another."]);
  expect([note.length, note.slice(0, 14), note.at(-1)]).toEqual([2000, "For 2027.\nRate", "…"]);
  expect(noteOf("", ["One.", "Two."])).toBe("One.\nTwo.");
  expect(noteOf("x".repeat(2001), ["One."])).toHaveLength(2006);
});

describe.each(engines)("the price book on $name", (engine) => {
  let store: TestDb | null = null;
  beforeAll(async () => {
    if (isAbsent(engine)) return;
    store = await engine.open();
    await seedInventory((store as TestDb).db);
  });
  afterAll(() => store?.drop());

  it.skipIf(isAbsent(engine))("takes prices from proposal to charge, and never changes what is decided", async () => {
    const { db } = store as TestDb;
    const ctx = ctxOf(db);
    for (const day of [20261031, 20261101, 20261102])
      await meterDay(db, day, [{ hardwareKey: 1, workloadKey: 1, activeMilli: GPU_HOUR }]);
    const amounts = async () =>
      (await db.all<{ micros: number }>(sql`select amount_micros as micros from charges order by day`)).map(
        (r) => r.micros / 1e6,
      );

    const first = await proposePrices(ctx, { title: "2026", drafts: [draft("2.50", "2026-10-01")] }, money);
    await chargeDue(ctx, money);
    expect(await amounts()).toEqual([]);
    expect(await approvePrices(ctx, { id: first.id, reason: "board" })).toBe(20261001);
    expect(await chargeDue(ctx, money)).toBe(3);
    expect(await amounts()).toEqual([2.5, 2.5, 2.5]);
    await expect(approvePrices(ctx, { id: first.id, reason: "" })).rejects.toThrow("approved already");

    const second = await proposePrices(ctx, { title: "November", drafts: [draft("4", "2026-11")] }, money);
    const before = await amounts();
    const days = { from: 20261001, until: 20261201 };
    const shown = await previewPrices(ctx, await listProposed(db, second.id), days, money);
    expect(shown).toMatchObject({ days: 2, unpriced: [], total: { beforeMicros: 5_000_000, afterMicros: 8_000_000 } });
    expect(shown.teams).toEqual([{ key: 2, beforeMicros: 5_000_000, afterMicros: 8_000_000, changeMicros: 3_000_000 }]);
    expect(shown.projects.map((p) => p.key)).toEqual([1]);
    expect(await amounts()).toEqual(before);
    const third = await proposePrices(ctx, { title: "Other", drafts: [draft("9", "2026-11")] }, money);
    await dropProposal(ctx, { id: third.id, how: "rejected", reason: "too dear" });
    // Alone, the proposer may approve, which is on record. As soon as somebody else may, they must.
    const other = await addUser(ctx, { email: "other@example.com", grants: [{ role: "finance" }] });
    await expect(approvePrices(ctx, { id: second.id, reason: "" })).rejects.toThrow("another person");
    const viewer: Viewer = { kind: "person", id: other.email, userKey: other.key, roles: ["finance"], projects: "all" };
    await approvePrices({ ...ctx, viewer }, { id: second.id, reason: "" });
    await setDisabled(ctx, other.key, true);
    expect(await chargeDue(ctx, money)).toBe(2);
    expect(await amounts()).toEqual([2.5, 4, 4]);

    const book = await loadPriceBook(db, "USD");
    expect(book.prices.map((p) => [p.version, p.unitPriceNanos])).toEqual([
      [1, 2_500_000_000],
      [2, 4_000_000_000],
    ]);
    for (const act of [
      sql`update prices set unit_price_nanos = 1`,
      sql`delete from prices`,
      sql`update price_proposals set status = 'proposed'`,
      sql`delete from price_proposals`,
    ])
      await expect(db.write((tx) => tx.run(act))).rejects.toThrow();
    expect((await listProposals(db)).map((p) => p.status).sort()).toEqual(["approved", "approved", "rejected"]);
    expect((await listActs(db, 10, `proposal/${first.id}`)).map((a) => a.action).sort()).toEqual([
      "prices.decide",
      "prices.propose",
    ]);
  });

  it.skipIf(isAbsent(engine))("takes a foreign price with the rate of the day, and refuses it without", async () => {
    const { db } = store as TestDb;
    const ctx = ctxOf(db);
    const euro = { title: "euro", drafts: [draft("2", "2026-11-02", { currency: "EUR", priceClass: "standard" })] };
    await expect(proposePrices(ctx, euro, money)).rejects.toThrow("EUR has no exchange rate");
    const rate = { currency: "EUR", day: "2026-11-01", rate: "1.1", source: "ECB" };
    await expect(recordExchangeRate(ctx, { ...rate, rate: "0" }, money)).rejects.toThrow("no exchange rate");
    await expect(recordExchangeRate(ctx, { ...rate, currency: "USD" }, money)).rejects.toThrow("own currency");
    expect(await recordExchangeRate(ctx, rate, money)).toBe("");
    const later = { ...rate, day: "2026-11-05" };
    expect(await recordExchangeRate(ctx, { ...later, rate: "110.1" }, money)).toBe(
      "It is 100.1 times the rate before, 1.10 from 2026-11-01 on: if it is wrong, record it again from the same day.",
    );
    expect(await recordExchangeRate(ctx, { ...later, rate: "0.011" }, money)).toMatch(
      /^It is a 100th of the rate before/,
    );
    expect(await recordExchangeRate(ctx, { ...later, rate: "1.2" }, money)).toBe("");
    const { id } = await proposePrices(ctx, euro, money);
    await approvePrices(ctx, { id, reason: "" });
    await chargeDue(ctx, money);
    const row = await db.find(sql`select amount_micros, unit_price_nanos from charges where day = 20261102`);
    expect(row).toEqual({ amount_micros: 2_200_000, unit_price_nanos: 2_200_000_000 });
  });

  it.skipIf(isAbsent(engine))(
    "refuses prices that name a GPU equally well, on whatever day, and at approval again",
    async () => {
      const { db } = store as TestDb;
      const ctx = ctxOf(db);
      const propose = (match: string, day: string) =>
        proposePrices(ctx, { title: match, drafts: [draft("2", day, { match, priceClass: "spot" })] }, money);
      const [one, other] = [await propose("H100 80GB", "2026-12-01"), await propose("H100 HBM3", "2026-11-01")];
      await approvePrices(ctx, { id: one.id, reason: "" });
      await expect(approvePrices(ctx, { id: other.id, reason: "" })).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringMatching(
          /no longer fits the price book:\n.*"H100 80GB" and "H100 HBM3" name .* equally well/,
        ),
      });
      await expect(propose("HBM3 H100", "2026-10-01")).rejects.toThrow("equally well");
      await propose("H100 80GB HBM3", "2026-10-01");
      const spot = (await loadPriceBook(db, "USD")).prices.filter((p) => p.priceClass === "spot");
      expect(spot.map((p) => p.match)).toEqual(["H100 80GB"]);
      await expect(
        db.write((tx) =>
          tx.run(sql`update price_proposals set status = 'approved', version = 1 where id = ${other.id}`),
        ),
      ).rejects.toThrow();
    },
  );

  it.skipIf(isAbsent(engine))("is closed to who may not", async () => {
    const ctx = {
      ...ctxOf((store as TestDb).db),
      viewer: { kind: "person", id: "eve", projects: [], roles: [] } as const,
    };
    await expect(proposePrices(ctx, { title: "x", drafts: [draft("1", "2026-10-01")] }, money)).rejects.toThrow(
      "You may not propose prices",
    );
    await expect(approvePrices(ctx, { id: "x", reason: "" })).rejects.toThrow("You may not approve");
  });
});

describe("a ledger with closed days", () => {
  it("keeps the rates of closed days, and the currency of its amounts", async () => {
    const db = await openSqlite(":memory:");
    const ctx = ctxOf(db);
    await expect(assertCurrency(db, "EUR")).resolves.toBeUndefined();
    const rate = { currency: "EUR", day: "2026-10-15", rate: "1.1", source: "ECB" };
    await recordExchangeRate(ctx, rate, money);
    await expect(assertCurrency(db, "EUR")).rejects.toThrow("it has exchange rates of EUR");
    await db.write((tx) =>
      tx.run(sql`insert into closes (period_id, sequence, from_day, until_day, closed_by, closed_at, currency, billing_time_zone, total_micros, overrides, hash, previous_hash)
        values ('2026-10', 1, 20261001, 20261101, 'x', 0, 'USD', 'UTC', 0, '[]', 'h', '')`),
    );
    await expect(recordExchangeRate(ctx, { ...rate, rate: "1.2" }, money)).rejects.toMatchObject({
      code: "period_closed",
      message: "2026-10-15 is closed, with the rates that held: record the rate from 2026-11-01 on, or later.",
    });
    await recordExchangeRate(ctx, { ...rate, day: "2026-11-01", rate: "1.2" }, money);
    await expect(assertCurrency(db, "EUR")).rejects.toThrow(
      "This ledger's amounts are in USD, but LEDGER_CURRENCY is EUR",
    );
    await expect(assertCurrency(db, "USD")).resolves.toBeUndefined();
    await db.close();
  });
});
