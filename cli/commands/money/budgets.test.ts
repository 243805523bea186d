import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runLedger } from "@/cli/testing.ts";
import { sqliteFile } from "@/db/testing.ts";
import { seedSixtyDays } from "@/lib/budgets/testing-ledger.ts";

let ledger: Awaited<ReturnType<typeof sqliteFile>>;
const folder = mkdtempSync(path.join(tmpdir(), "budgets-"));
const run = (...args: string[]) => runLedger(args, { DATABASE_URL: `file:${ledger.file}` });

beforeAll(async () => {
  ledger = await sqliteFile();
  await seedSixtyDays(ledger.db);
});
afterAll(async () => {
  await ledger.drop();
  rmSync(folder, { recursive: true });
});

describe("ledger budgets", () => {
  it("sets, lists, exports what it imports, and shows how they stand", async () => {
    const set = await run(
      "budgets",
      "set",
      "--team",
      "vision",
      "--amount",
      "2500",
      "--from",
      "2026-11-01",
      "--warning",
      "70",
    );
    expect([set.code, set.stderr.trim()]).toEqual([0, "2500.000000 USD for each month from 2026-11-01 on."]);
    const { stdout } = await run("budgets", "list");
    expect(stdout.replaceAll("\r", "")).toBe(
      "scope,name,from,span,amount,carry_over,warning_percent,critical_percent,note\nteam,Vision,2026-11-01,month,2500.00,no,70,95,\n",
    );
    const file = path.join(folder, "b.csv");
    writeFileSync(file, stdout.replace("2500.00,no", "3100,yes"));
    expect((await run("budgets", "import", file)).stderr).toContain("1 budget imported: 1 replaced.");
    expect((await run("budgets", "list")).stdout).toContain("3100.00,yes,70");
    const status = await run("budgets", "status", "--team", "Vision");
    expect(status.stdout).toMatch(/^scope,name,period,from,until,status,currency,budget/);
    expect(status.stdout).toMatch(/\r\nteam,Vision,\d{4}-\d\d,/);
    for (const command of [
      ["budgets", "list"],
      ["budgets", "status", "--team", "Vision"],
      ["forecast", "show", "--team", "Vision"],
    ]) {
      const { rows } = JSON.parse((await run(...command, "--format", "json")).stdout);
      expect(rows[0]).toMatchObject({ scope: "team", name: "Vision" });
    }
    expect((await run("budgets", "status", "--span", "week")).stderr).toContain('"week" is not a span');
    expect((await run("budgets", "set", "--amount", "1", "--from", "2026-11-01")).stderr).toContain(
      "Of what? Give one of",
    );
  });

  it("writes the days of a forecast", async () => {
    const { code, stdout } = await run("forecast", "show", "--all", "--span", "year");
    expect([code, stdout.split("\r\n")[0]]).toEqual([
      0,
      "scope,name,day,currency,spent,expected,lower80,upper80,budget",
    ]);
    expect(stdout).toMatch(/\r\nall,,2026-09-11,USD,/);
  });
});
