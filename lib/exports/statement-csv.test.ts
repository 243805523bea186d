import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMicros, sumExactly } from "@/lib/money.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { runs } from "@/lib/testing-runs.ts";
import { statementsCsv } from "./statement-csv.ts";
import { STATEMENT_COLUMNS } from "./statement-lines.ts";
import { anyStatement, goldenStatement, statementOf, usageLine } from "./testing-statement.ts";

const golden = (name: string) => readFileSync(path.join(import.meta.dirname, "golden", name), "utf8");
const read = (text: string): Record<string, string>[] => parse(text, { columns: true });
const micros = (text: string | undefined): number => parseMicros(text ?? "") ?? Number.NaN;

async function statementCsv(statement: Statement): Promise<string> {
  let text = "";
  for await (const chunk of statementsCsv([statement])) text += chunk;
  return text;
}

describe("a statement's table", () => {
  it("is, to the byte, what finance received before", async () => {
    await expect(await statementCsv(goldenStatement())).toMatchFileSnapshot("golden/statement.csv");
    expect(golden("statement.csv").split("\r\n")).toHaveLength(9);
  });

  it("gives every line and the rounding line back, to the micro-unit, whatever the texts", async () => {
    await fc.assert(
      fc.asyncProperty(anyStatement, async (statement) => {
        const rows = read(await statementCsv(statement));
        expect(rows).toHaveLength(statement.lines.length + 1);
        expect(rows.map((r) => micros(r.amount))).toEqual([
          ...statement.lines.map((l) => l.amountMicros),
          statement.header.roundingMicros,
        ]);
        expect(sumExactly(rows.map((r) => micros(r.amount)))).toBe(statement.header.roundedMicros);
        statement.lines.forEach((line, i) => {
          const shown = rows[i]?.description ?? "";
          expect(shown).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
          const written = line.description.toWellFormed();
          if (shown !== written) expect(shown).toBe(`'${written}`);
        });
      }),
      runs(150, 20261001),
    );
  });

  it("has the columns that were asked for, first and in this order", () => {
    const asked =
      "statement, status, period, team, cost_centre, gl_account, kind, description, charge_from, charge_until, cluster, department, project, gpu_model, node_pool, sku, price_class, price_version, quantity, unit, unit_price, currency, amount, idle_quantity, idle_amount, coverage_percent, corrects, reason";
    expect(STATEMENT_COLUMNS.map((c) => c.header).slice(0, 28)).toEqual(asked.split(", "));
  });

  it("is one table for many statements, and a header without any", async () => {
    const chunks: string[] = [];
    const lines = Array.from({ length: 700 }, (_, i) => usageLine(i * 3_600_000, 1_000_000_000));
    for await (const chunk of statementsCsv([statementOf({ lines }), statementOf({ number: null })]))
      chunks.push(chunk);
    expect(chunks.length).toBeGreaterThan(1);
    const rows = read(chunks.join(""));
    expect(rows).toHaveLength(702);
    expect(rows.at(-1)).toMatchObject({ statement: "", status: "draft", kind: "rounding", amount: "0.000000" });
    let none = "";
    for await (const chunk of statementsCsv([])) none += chunk;
    expect(none.split("\r\n")).toHaveLength(2);
  });
});
