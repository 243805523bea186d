import { afterAll, beforeAll, expect, it } from "vitest";
import { runLedger } from "@/cli/testing.ts";
import { sqliteFile } from "@/db/testing.ts";
import { seedSixtyDays } from "@/lib/budgets/testing-ledger.ts";

let ledger: Awaited<ReturnType<typeof sqliteFile>>;
const run = (args: readonly string[], settings: Readonly<Record<string, string>> = {}) =>
  runLedger([...args], { DATABASE_URL: `file:${ledger.file}`, ...settings });
const DAYS = ["--from", "2026-11-01", "--to", "2026-11-04"];

beforeAll(async () => {
  ledger = await sqliteFile();
  await seedSixtyDays(ledger.db);
});
afterAll(() => ledger.drop());

it("ledger burst switches, prices by the second and writes days, also as imported cost", async () => {
  await run(["burst", "on", "--at", "2026-11-01T22:00:00Z"]);
  const off = await run(["burst", "off", "--at", "2026-11-02T01:30:00Z", "--note", "batch done"]);
  expect([off.code, off.stderr.trim()]).toEqual([0, "Burst capacity is off from 2026-11-02T01:30:00Z on."]);
  const earlier = await run(["burst", "on", "--at", "2026-11-01T21:00:00Z"]);
  expect(earlier.stderr.trim()).toBe("Burst capacity is on from 2026-11-01T21:00:00Z to 2026-11-02T01:30:00Z.");
  expect((await run(["burst", "on", "--at", "2026-11-01T21:30:00Z"])).stderr.trim()).toBe(
    "Nothing changed: burst capacity was on at 2026-11-01T21:30:00Z already, to 2026-11-02T01:30:00Z.",
  );
  expect((await run(["burst", "off"])).stderr.trim()).toBe("Nothing changed: burst capacity is off already.");
  const unknown = await run(["burst", "days", ...DAYS, "--format", "costs"]);
  expect(unknown.stderr).toContain("On 2 of these days it was on without a rate");
  await run(["burst", "rate", "0.50", "--from", "2026-11-01"]);
  const { stdout } = await run(["burst", "days", ...DAYS]);
  expect(stdout.split("\r\n").slice(1, 4)).toEqual([
    "2026-11-01,3.0000,USD,1.500000,0.000000,0.000000",
    "2026-11-02,1.5000,USD,0.750000,0.000000,0.000000",
    "2026-11-03,0.0000,USD,0.000000,0.000000,0.000000",
  ]);
  await run(["burst", "on"]);
  const open = await run(["burst", "days", "--format", "costs"]);
  expect(open.stdout).not.toContain(`,Burst capacity ${new Date().toISOString().slice(0, 10)}`);
  expect(open.stderr).toMatch(/^\d{4}-\d\d-\d\d is left out, because it is not over/);
  await run(["burst", "off"]);
  const costs = await run(["burst", "days", ...DAYS, "--format", "costs", "--team", "vision"]);
  expect(costs.stdout.split("\r\n").slice(0, 3)).toEqual([
    "from,until,team,cluster,category,description,amount,currency",
    "2026-11-01,2026-11-02,Vision,,Burst capacity,Burst capacity 2026-11-01,1.500000,USD",
    "2026-11-02,2026-11-03,Vision,,Burst capacity,Burst capacity 2026-11-02,0.750000,USD",
  ]);
});

it("ledger burst --once applies its settings, and refuses those that cannot work", async () => {
  const once = await run(["burst", "--once"], {
    GPU_BURST: "1",
    GPU_BURST_COST_DOLLARS: "0.60",
    GPU_COST_DAILY_THRESHOLD: "25",
  });
  expect(once.code).toBe(0);
  expect(once.stderr).toMatch(/Burst capacity is on since .*; 0\.600000 USD an hour\.\nToday 0\.\d+ USD \(on for /);
  expect((await run(["alerts", "rules"])).stdout).toContain("GPU_COST_DAILY_THRESHOLD");
  const refused = await run(["burst"], { GPU_BURST: "maybe", MONTHLY_BUDGET: "$250" });
  expect([refused.code, refused.stderr]).toEqual([
    2,
    expect.stringMatching(/GPU_BURST: expected "1" or "0"\n.*MONTHLY_BUDGET: expected an amount/),
  ]);
});

it("ledger batch-end records a batch once, and says what one costs", async () => {
  await run(["units", "define", "Leads", "--noun", "lead", "--team", "speech"]);
  const args = ["batch-end", "--unit", "leads", "--count", "20", "--id", "night-9", "--day", "2026-11-09"];
  const first = await run(args, { GPU_BURST: "0" });
  expect([first.code, first.stderr]).toEqual([
    0,
    expect.stringMatching(/Count recorded\.\n(.*\n)*.*\nBurst capacity is off; /),
  ]);
  expect((await run(args)).stderr).toContain("The count was recorded before.");
  const { stdout } = await run(["units", "days", "leads", "--from", "2026-11-09", "--to", "2026-11-10"]);
  expect(stdout).toContain("2026-11-09,20.000,USD,40.000000,2.000000");
  expect((await run(["batch-end", "--count", "5"])).stderr).toContain("give --unit, too");
});
