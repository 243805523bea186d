import fc from "fast-check";
import { readSheet } from "read-excel-file/node";
import { describe, expect, it } from "vitest";
import { minorDigits, sumExactly } from "@/lib/money";
import {
  anyStatement,
  goldenStatement,
  hostileText,
  statementOf,
  usageLine,
  workloadPages,
} from "./testing-statement.ts";
import { statementXlsx } from "./xlsx.ts";
import { moneyFormat } from "./xlsx-cell.ts";

type Cells = (string | number | boolean | Date | null)[][];
const sheet = (file: Buffer, name: string): Promise<Cells> => readSheet(file, name) as Promise<Cells>;
const micros = (value: unknown): number => Math.round(Number(value) * 1e6);
const column = (rows: Cells, name: string): number => rows[0]?.indexOf(name) ?? -1;

describe("statementXlsx", () => {
  it("has four sheets with numbers, dates and texts", async () => {
    const file = await statementXlsx(goldenStatement(), workloadPages(3));
    const lines = await sheet(file, "Lines");
    expect(lines).toHaveLength(8);
    const [head = [], first = []] = lines;
    const cell = (name: string) => first[head.indexOf(name)];
    expect(cell("Charge from")).toEqual(new Date("2026-10-01T00:00:00Z"));
    expect([cell("Quantity"), cell("Unit"), cell("Unit price"), cell("Amount")]).toEqual([
      342.935525,
      "GPU-Hours",
      2.5,
      857.338812,
    ]);
    const workloads = await sheet(file, "Workloads");
    expect(workloads).toHaveLength(4);
    expect(workloads[2]?.[6]).toEqual(new Date(1_790_000_001_000));
    const adjustments = await sheet(file, "Adjustments");
    expect(adjustments.map((r) => r[0])).toEqual(["Kind", "correction", "rounding"]);
    const summary = new Map((await sheet(file, "Summary")).map(([name, value]) => [name, value]));
    expect(summary.get("Status")).toBe("FINAL");
    expect(summary.get("Total")).toBe(1413.18);
    expect(summary.get("2026-10-12")).toBe("not known");
  });

  it("gives the same totals back, to the micro-unit, and every text as it was", async () => {
    await fc.assert(
      fc.asyncProperty(anyStatement, hostileText, async (statement, name) => {
        const file = await statementXlsx(statement, workloadPages(2, name));
        const lines = await sheet(file, "Lines");
        const amounts = lines.slice(1).map((r) => micros(r[column(lines, "Amount")]));
        expect(amounts).toEqual([...statement.lines.map((l) => l.amountMicros), statement.header.roundingMicros]);
        expect(sumExactly(amounts)).toBe(statement.header.roundedMicros);
        const texts = lines.slice(1, -1).map((r) => r[column(lines, "Description")] ?? "");
        expect(texts.map(String)).toEqual(statement.lines.map((l) => trimmed(l.description)));
        const workloads = await sheet(file, "Workloads");
        expect(workloads[1]?.[0]).toBe(trimmed(`${name}-0`));
        const summary = new Map((await sheet(file, "Summary")).map(([key, value]) => [key, value]));
        expect(micros(summary.get("Total"))).toBe(statement.header.roundedMicros);
      }),
      { numRuns: 120, seed: 20261004 },
    );
  });

  it("keeps a text a text: no cell is a formula", async () => {
    const lines = ["=1+1", "constructor", "__proto__", "+2"].map((project) => usageLine(3_600_000, 1e9, { project }));
    const file = await statementXlsx(statementOf({ lines }), workloadPages(0));
    expect((await sheet(file, "Lines")).map((r) => r[6])).toEqual([
      "Project",
      "=1+1",
      "constructor",
      "__proto__",
      "+2",
      null,
    ]);
  });

  it("writes 10,000 workloads within 5 seconds", async () => {
    const before = performance.now();
    const file = await statementXlsx(goldenStatement(), workloadPages(10_000));
    expect(performance.now() - before).toBeLessThan(5000);
    expect(await sheet(file, "Workloads")).toHaveLength(10_001);
  });

  it.each([
    ["USD", true, "[$USD] #,##0.00????"],
    ["USD", false, "[$USD] #,##0.00"],
    ["JPY", true, "[$JPY] #,##0.000000"],
    ["JPY", false, "[$JPY] #,##0"],
    ["KWD", true, "[$KWD] #,##0.000???"],
  ])("prints %s (exact: %s) as %s", (currency, exact, expected) => {
    expect(moneyFormat(currency, minorDigits(currency), exact)).toBe(expected);
  });
});

/** The reader trims what it reads. */
const trimmed = (text: string): string => text.trim();
