import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runLedger } from "@/cli/testing.ts";
import { sqliteFile } from "@/db/testing.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { ctxOf, GPU_HOUR, meterDay, seedInventory, seedPrice } from "@/lib/charges/testing-ledger.ts";

let ledger: Awaited<ReturnType<typeof sqliteFile>>;
const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-bills-"));
const run = (args: string[], settings: Readonly<Record<string, string>> = {}) =>
  runLedger(["bills", ...args], { DATABASE_URL: `file:${ledger.file}`, ...settings });

const line = (day: string, next: string, amount: string) =>
  `USD,${day}T00:00:00Z,${next}T00:00:00Z,Azure,a,Compute,Usage,Standard_ND96isr_H100_v5,${amount}\n`;
const BILL =
  "BillingCurrency,ChargePeriodStart,ChargePeriodEnd,ProviderName,BillingAccountId,ServiceCategory,ChargeCategory,ChargeDescription,EffectiveCost\n";

beforeAll(async () => {
  ledger = await sqliteFile();
  await seedInventory(ledger.db);
  await seedPrice(ledger.db, "H100", 1_500_000_000, 20250801);
  const usage = [{ hardwareKey: 1, workloadKey: 1, activeMilli: 10 * GPU_HOUR }];
  // The last day of the billing period FY2025-P10 of a 4-4-5 calendar is in October; 3 November is in the next one.
  for (const day of [20251020, 20251103]) await meterDay(ledger.db, day, usage);
  await chargeDue(ctxOf(ledger.db), { currency: "USD", billingTimeZone: "UTC" });
  const file = path.join(folder, "bill.csv");
  writeFileSync(file, BILL + line("2025-10-20", "2025-10-21", "100") + line("2025-11-03", "2025-11-04", "7"));
  expect((await run(["import", file])).code).toBe(0);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await ledger.drop();
});

const billed = (stdout: string): string[] =>
  stdout
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((row) => row.split(",")[1] ?? "");

describe("ledger bills compare", () => {
  it.each([
    [["--month", "2025-10"], {}, "2025-10-01 to 2025-10-31", ["100.000000"]],
    [["--month", "2025-11"], {}, "2025-11-01 to 2025-11-30", ["7.000000"]],
    [["--from", "2025-10-20", "--to", "2025-11-04"], {}, "2025-10-20 to 2025-11-03", ["107.000000"]],
    [["--period", "2025-Q4"], {}, "2025-10-01 to 2025-12-31", ["107.000000"]],
    [["--month", "FY2025-P11"], { BILLING_CALENDAR: "4-4-5" }, "2025-10-27 to 2025-11-23", ["7.000000"]],
  ] as const)("takes %j", async (args, settings, days, amounts) => {
    const { stdout, stderr, code } = await run(["compare", ...args], settings);
    expect([code, stderr]).toEqual([0, expect.stringContaining(`${days}: compared `)]);
    expect(billed(stdout).filter((amount) => amount !== "0.000000")).toEqual(amounts);
  });

  it("refuses two periods at once, and a billing period where months are billed", async () => {
    expect((await run(["compare", "--month", "2025-10", "--period", "last-month"])).stderr).toMatch(
      /More than one period/,
    );
    expect((await run(["compare", "--month", "FY2025-P11"])).code).toBe(2);
  });
});
