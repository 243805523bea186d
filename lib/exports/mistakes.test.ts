import { parse } from "csv-parse/sync";
import { readSheet } from "read-excel-file/node";
import { describe, expect, it } from "vitest";
import type { Statement } from "@/lib/statements/types.ts";
import { statementsCsv } from "./statement-csv.ts";
import { statementJson } from "./statement-json.ts";
import { goldenStatement, statementOf, usageLine, workloadPages } from "./testing-statement.ts";
import { statementXlsx } from "./xlsx/xlsx.ts";

async function csvOf(...statements: Statement[]) {
  let text = "";
  for await (const chunk of statementsCsv(statements)) text += chunk;
  return text;
}

describe("mistakes of earlier tools, in files", () => {
  it("several tables in one CSV: however many statements, there is one header and one width", async () => {
    const text = await csvOf(goldenStatement(), statementOf({ lines: [usageLine(3_600_000, 1e9)] }));
    const rows: string[][] = parse(text);
    expect(new Set(rows.map((r) => r.length)).size).toBe(1);
    expect(rows.filter((r) => r[0] === "statement")).toHaveLength(1);
    expect(text).not.toMatch(/\r\n\r\n/);
  });

  it("formula injection: a project called like a formula is a text in CSV and workbook", async () => {
    const lines = ["=1+1", "+2", "-3", "@x", "\t=4"].map((project) => usageLine(3_600_000, 1e9, { project }));
    const statement = statementOf({ lines });
    const rows: Record<string, string>[] = parse(await csvOf(statement), { columns: true });
    for (const { project = "" } of rows.slice(0, -1)) expect(project).toMatch(/^'/);
    const sheet = (await readSheet(await statementXlsx(statement, workloadPages(0)), "Lines")) as unknown[][];
    const project = sheet[0]?.indexOf("Project") ?? -1;
    expect(sheet.slice(1, 4).map((row) => row[project])).toEqual(["=1+1", "+2", "-3"]);
  });

  it("default budget that looks real: without one the file says null, not 0", () => {
    const { totals } = JSON.parse(statementJson(statementOf())) as { totals: { budget: number | null } };
    expect(totals.budget).toBe(null);
  });
});
