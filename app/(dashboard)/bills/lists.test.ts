import { afterAll, beforeAll, expect, it } from "vitest";
import { Address } from "@/app/address.ts";
import type { Db } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { importBill } from "@/lib/bills/import.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { seedOctober } from "@/lib/closing/testing-close.ts";
import { sumMicros } from "@/lib/money.ts";
import { parsePeriod } from "@/lib/reports/period.ts";
import { readBillComparison, readBills } from "./lists.tsx";

const line = (tags: string, effective: string, billed: string, service = "EC2") =>
  `${service},p5.48xlarge H100 GPU,2026-10-30T00:00:00Z,2026-10-31T00:00:00Z,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,a,USD,${effective},${billed},"${tags.replaceAll('"', '""')}",Compute,Usage`;
const HEADER =
  "ServiceName,ChargeDescription,ChargePeriodStart,ChargePeriodEnd,BillingPeriodStart,BillingPeriodEnd,BillingAccountId,BillingCurrency,EffectiveCost,BilledCost,Tags,ServiceCategory,ChargeCategory";

let db: Db;
beforeAll(async () => {
  db = await openSqlite(":memory:");
  await seedOctober(db);
  const text = [HEADER, line('{"team":"Vision"}', "30", "10"), line("{}", "5", "5")].join("\n");
  await importBill(ctxOf(db), [{ name: "focus.csv", bytes: new TextEncoder().encode(text) }]);
});
afterAll(() => db.close());

async function read(params: Record<string, string>) {
  const ctx = ctxOf(db);
  const period = parsePeriod({ period: "2026-10" }, "UTC", ctx.now(), ctx.ledger.calendar);
  const address = new Address(params);
  const input = { ctx, period, billingZone: "UTC", zone: "UTC", now: ctx.now(), address };
  return { ...(await readBillComparison(input as never)), address };
}

it("lists teams by how far bill and charges differ, says why they cannot agree, and adds up to the whole", async () => {
  const { rows, view, comparison } = await read({});
  expect(rows.map((r) => r.name)).toContain("Vision");
  const differences = rows.map((r) => Math.abs(Number(r.actualMicros) - Number(r.estimatedMicros)));
  expect(differences).toEqual([...differences].sort((a, b) => b - a));
  expect(sumMicros(rows.map((r) => r.actualMicros))).toBe(35_000_000);
  expect(sumMicros(rows.map((r) => r.estimatedMicros))).toBe(comparison.estimatedMicros);
  const note = (name: string) => {
    const row = rows.find((r) => r.name === name);
    return row && view.all.find((c) => c.key === "team")?.note?.(row, view.look);
  };
  expect(note("")).toBe("no tag of the bill names a team");
  expect(comparison.withoutBill).toHaveLength(30);
});

it("compares as invoiced where it is asked to, and says which basis it does not know", async () => {
  const billed = await read({ basis: "billed" });
  expect([billed.basis, billed.comparison.actualMicros]).toEqual(["billed", 15_000_000]);
  const unknown = await read({ basis: "amortised" });
  expect([unknown.basis, unknown.address.notice]).toEqual(["effective", expect.stringMatching(/amortised/)]);
});

it("lists what was imported, with its days", async () => {
  const { rows, view } = await readBills({ ctx: ctxOf(db), zone: "UTC", now: 0 } as never);
  const days = view.columns.find((c) => c.key === "days");
  expect(rows.map((row) => [row.name, days?.value?.(row), row.gpuMicros])).toEqual([
    ["focus.csv", "2026-10-30 – 2026-10-30", 35_000_000],
  ]);
});
