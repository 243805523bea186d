import { afterEach, beforeEach, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { priceProposals, prices } from "@/db/schema/index.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { addUser, setDisabled } from "@/lib/auth/users.ts";
import { loadViewer } from "@/lib/auth/viewer-load.ts";
import { ctxOf, meterDay, seedInventory, seedTeam } from "@/lib/charges/testing-ledger.ts";
import type { Ctx, Viewer } from "@/lib/ctx.ts";
import { closePeriod } from "./close.ts";
import { charge, free, held, SETTINGS } from "./testing-close.ts";

const ADA = "ada@example.com";
const BOB = "bob@example.com";

let db: Db;
beforeEach(async () => {
  db = await openSqlite(":memory:");
  await seedInventory(db);
  await seedTeam(db, 11, "Vision", "vision");
});
afterEach(() => db.close());

const add = async (email: string, role: "admin" | "finance" | "manager") =>
  (await addUser(ctxOf(db), { email, grants: [{ role, teamKey: role === "manager" ? 11 : 0 }] })).key;

/** A price of the H100 in force from a day on, as one person proposed and one approved it. */
async function price(proposedBy: string, decidedBy: string, effectiveFrom: number): Promise<void> {
  await db.write(async (tx) => {
    await tx.insert(priceProposals, [
      { id: `p${effectiveFrom}`, title: "Book", status: "proposed", proposedBy, proposedAt: 0, note: "" },
    ]);
    await tx.insert(prices, [
      {
        ...{ key: effectiveFrom, proposalId: `p${effectiveFrom}`, kind: "gpu", match: "H100", clusterId: "" },
        ...{ priceClass: "standard", unitPriceNanos: 2_500_000_000, currency: "USD", effectiveFrom },
        origin: JSON.stringify({ type: "entered", note: "" }),
      },
    ]);
    await tx.run(sql`update ${priceProposals} set status = 'approved', decided_by = ${decidedBy},
      version = ${effectiveFrom} where id = ${`p${effectiveFrom}`}`);
  });
}

/** @returns who closed October; `key` 0: the command line. */
async function close(key: number): Promise<string> {
  for (const day of [20261029, 20261030, 20261031]) await meterDay(db, day, [held(1, 10, 2), held(3, 2), free(12)]);
  await charge(db);
  const ctx: Ctx = key ? { ...ctxOf(db), viewer: (await loadViewer(db, key)) as Viewer } : ctxOf(db);
  return (await closePeriod(ctx, SETTINGS, { period: "2026-10" })).close.closedBy;
}

it("lets the person who made the prices alone close only where nobody else can", async () => {
  const [ada, bob] = [await add(ADA, "admin"), await add(BOB, "finance")];
  await add("mia@example.com", "manager");
  await price(ADA, ADA, 20260101);
  await expect(close(ada)).rejects.toMatchObject({
    code: "forbidden",
    message: expect.stringMatching(/^You proposed and approved "Book" alone, .* another person .* finance or admin/),
  });
  expect(await db.all(sql`select 1 from closes`)).toEqual([]);
  await setDisabled(ctxOf(db), bob, true);
  expect(await close(ada)).toBe(ADA);
});

it.each([
  ["another person approved", ADA, BOB, ADA],
  ["another person proposed", BOB, ADA, ADA],
  ["another person closes", ADA, ADA, BOB],
])("closes where %s", async (_, proposed, decided, closer) => {
  const keys = new Map([
    [ADA, await add(ADA, "finance")],
    [BOB, await add(BOB, "finance")],
  ]);
  await price(proposed, decided, 20260101);
  expect(await close(keys.get(closer) ?? 0)).toBe(closer);
});

it("asks nothing about prices that others replaced before the period", async () => {
  const ada = await add(ADA, "admin");
  await add(BOB, "finance");
  await price(ADA, ADA, 20260101);
  await price(ADA, BOB, 20261001);
  expect(await close(ada)).toBe(ADA);
});

it("asks nothing about prices of later periods, and nothing of the command line", async () => {
  const ada = await add(ADA, "admin");
  await add(BOB, "finance");
  await price(BOB, ADA, 20260101);
  await price(ADA, ADA, 20261101);
  expect(await close(ada)).toBe(ADA);
});

it("lets the command line close, no matter who made the prices", async () => {
  await add(BOB, "finance");
  await price("local", "local", 20260101);
  expect(await close(0)).toBe("local");
});
