import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runLedger } from "@/cli/testing.ts";

const folder = mkdtempSync(path.join(tmpdir(), "forecast-"));
const file = path.join(folder, "series.csv");
const days = Array.from({ length: 50 }, (_, i) => `team a,${i},${i === 20 ? "" : 100 + (i % 5)}`);
writeFileSync(file, `series,day,value\n${days.join("\n")}\n`);
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) => runLedger(["forecast", "backtest", "--file", file, ...args], {});

describe("ledger forecast backtest", () => {
  it("needs no ledger, and writes every day of every origin", async () => {
    const { code, stdout, stderr } = await run(..."--horizon 14 --every 7 --from-day 28 --format csv".split(" "));
    expect([code, stderr]).toEqual([0, ""]);
    const [header, ...rows] = stdout.trimEnd().split("\r\n");
    expect(header).toBe("series,origin,day,actual,forecast,lower80,upper80,method");
    expect(rows).toHaveLength(2 * 14);
    expect(rows[0]).toMatch(/^team a,28,28,103,10[12]\.\d+,\d+\.\d+,\d+\.\d+,level$/);
    expect(rows.at(-1)).toMatch(/^team a,35,48,103,/);
  });

  it("refuses what it cannot measure with", async () => {
    expect((await run("--horizon", "0")).stderr).toContain('--horizon "0" must be a whole number');
    expect((await run("--method", "prophet")).stderr).toContain('no method "prophet": seasonal-naive, level');
    expect((await run("--format", "xml")).code).toBe(2);
  });
});
