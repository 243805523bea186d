import fc from "fast-check";
import { readSheet } from "read-excel-file/node";
import { describe, expect, it } from "vitest";
import {
  anyStatement,
  goldenStatement,
  hostileText,
  statementOf,
  usageLine,
  workloadPages,
} from "@/lib/exports/testing-statement.ts";
import { sumExactly } from "@/lib/money.ts";
import { moneyFormat } from "@/lib/reports/unit.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { runs } from "@/lib/testing-runs.ts";
import type { Sheet } from "./sheet.ts";
import { periodSheets, periodXlsx, statementSheets, statementXlsx } from "./xlsx.ts";

type Cells = (string | number | boolean | Date | null)[][];
const sheet = (file: Buffer, name: string): Promise<Cells> => readSheet(file, name) as Promise<Cells>;
/** The values of a sheet by its name: of a file as another program reads it, or of sheets before they are written. */
type Read = (name: string) => Promise<Cells>;
const inFile =
  (file: Buffer): Read =>
  (name) =>
    sheet(file, name);
const inSheets =
  (sheets: readonly Sheet[]): Read =>
  async (name) =>
    (sheets.find((s) => s.sheet === name)?.data ?? []).map((row) => row.map((cell) => cell?.value ?? null));
const micros = (value: unknown): number => Math.round(Number(value) * 1e6);
const column = (rows: Cells, name: string): number => rows[0]?.indexOf(name) ?? -1;

describe("statementXlsx", () => {
  it("has four sheets with numbers, dates and texts", async () => {
    const file = await statementXlsx(goldenStatement(), workloadPages(3));
    const lines = await sheet(file, "Lines");
    expect(lines).toHaveLength(8);
    const [head = [], first = []] = lines;
    const cell = (name: string) => first[head.indexOf(name)];
    expect(head).toContain("Coverage");
    expect(head.filter((name) => String(name).includes("percent"))).toEqual([]);
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
    const label = (cell: unknown) => (cell instanceof Date ? cell.toISOString() : cell);
    const summary = new Map((await sheet(file, "Summary")).map(([name, value]) => [label(name), value]));
    expect(summary.get("Status")).toBe("FINAL");
    expect(summary.get("Total")).toBe(1413.18);
    expect(summary.get("2026-10-12T00:00:00.000Z")).toBe("not known");
    expect(summary.get("2026-09")).toBe(812.45);
    expect(summary.has("SHA-256 over header and lines")).toBe(true);
  });

  async function expectTotals(read: Read, statement: Statement): Promise<void> {
    const lines = await read("Lines");
    const amounts = lines.slice(1).map((r) => micros(r[column(lines, "Amount")]));
    expect(amounts).toEqual([...statement.lines.map((l) => l.amountMicros), statement.header.roundingMicros]);
    expect(sumExactly(amounts)).toBe(statement.header.roundedMicros);
    const summary = new Map((await read("Summary")).map(([key, value]) => [key, value]));
    expect(micros(summary.get("Total"))).toBe(statement.header.roundedMicros);
  }

  it("has every amount of a statement, to the micro-unit, and its total", async () => {
    await fc.assert(
      fc.asyncProperty(anyStatement, async (statement) => {
        const sheets = await statementSheets({ statement, workloads: workloadPages(2) });
        await expectTotals(inSheets(sheets), statement);
      }),
      runs(120, 20261004),
    );
  });

  it("gives the same totals back, and every text as it was, to a program that reads the file", async () => {
    await fc.assert(
      fc.asyncProperty(anyStatement, hostileText, async (statement, name) => {
        const file = await statementXlsx(statement, workloadPages(2, name));
        await expectTotals(inFile(file), statement);
        const lines = await sheet(file, "Lines");
        const texts = lines.slice(1, -1).map((r) => r[column(lines, "Description")] ?? "");
        expect(texts.map(String)).toEqual(statement.lines.map((l) => trimmed(l.description)));
        const workloads = await sheet(file, "Workloads");
        expect(workloads[1]?.[0]).toBe(trimmed(`${name}-0`));
      }),
      runs(20, 20261004),
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

  it.each([
    ["USD", true, "[$USD] #,##0.00????"],
    ["USD", false, "[$USD] #,##0.00"],
    ["JPY", true, "[$JPY] #,##0.000000"],
    ["JPY", false, "[$JPY] #,##0"],
    ["KWD", true, "[$KWD] #,##0.000???"],
  ])("prints %s (exact: %s) as %s", (currency, exact, expected) => {
    expect(moneyFormat(currency, exact)).toBe(expected);
  });
});

describe("periodXlsx", () => {
  const several = fc.array(anyStatement, { minLength: 1, maxLength: 4 }).map((drawn) =>
    drawn.map((statement, i): Statement => {
      const team = { ...statement.header.team, key: i, name: `Team ${i}`, costCentre: i % 2 ? "CC-1" : "" };
      return { ...statement, header: { ...statement.header, team, currency: "USD" } };
    }),
  );
  const partsOf = (statements: readonly Statement[]) =>
    statements.map((statement, i) => ({ statement, workloads: workloadPages(i) }));

  async function expectPeriod(read: Read, statements: readonly Statement[]): Promise<void> {
    const summary = await read("Summary");
    const row = (name: string) => summary.find((r) => r[0] === name) ?? [];
    const total = (name: string) => micros(row(name)[column(summary, "Total")]);
    const [lines, workloads, adjustments] = [await read("Lines"), await read("Workloads"), await read("Adjustments")];
    const own = (rows: Cells, team: string) => rows.slice(1).filter((r) => r[column(rows, "Team")] === team);
    const sum = (rows: Cells, of: Cells) => sumExactly(of.map((r) => micros(r[column(rows, "Amount")])));
    for (const [i, { header }] of statements.entries()) {
      const { name } = header.team;
      expect([name, total(name)]).toEqual([name, header.roundedMicros]);
      expect([name, sum(lines, own(lines, name))]).toEqual([name, header.roundedMicros]);
      expect([name, own(workloads, name).length]).toEqual([name, i]);
      const parts = ["Usage", "Shared and idle capacity", "Imported cost", "Corrections", "Rounding"];
      expect(sumExactly(parts.map((p) => micros(row(name)[column(summary, p)])))).toBe(header.roundedMicros);
      const rounding = own(adjustments, name).filter((r) => r[column(adjustments, "Kind")] === "rounding");
      expect([name, sum(adjustments, rounding)]).toEqual([name, header.roundingMicros]);
    }
    const all = sumExactly(statements.map((s) => s.header.roundedMicros));
    expect([total("All of them"), sum(lines, lines.slice(1))]).toEqual([all, all]);
    const centres = summary.filter((r) => /^\d+ teams?$/.test(String(r[0])));
    if (statements.length > 1) {
      expect(centres.map((r) => r[column(summary, "Cost centre")])).toEqual(["none", "CC-1"]);
      expect(sumExactly(centres.map((r) => micros(r[column(summary, "Total")])))).toBe(all);
    } else expect(centres).toEqual([]);
  }

  it("has every statement: its lines and workloads under its team, its totals in the summary, and their sums", async () => {
    await fc.assert(
      fc.asyncProperty(several, async (statements) =>
        expectPeriod(inSheets(await periodSheets(partsOf(statements))), statements),
      ),
      runs(60, 20261125),
    );
  });

  it("says the same to a program that reads the file", async () => {
    await fc.assert(
      fc.asyncProperty(several, async (statements) =>
        expectPeriod(inFile(await periodXlsx(partsOf(statements))), statements),
      ),
      runs(6, 20261125),
    );
  });
});

/** The reader trims what it reads. */
const trimmed = (text: string): string => text.trim();
