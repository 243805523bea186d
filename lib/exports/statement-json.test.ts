import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sumExactly } from "@/lib/money.ts";
import { runs } from "@/lib/testing-runs.ts";
import { statementJson } from "./statement-json.ts";
import { anyStatement, goldenStatement } from "./testing-statement.ts";

const micros = (decimal: number): number => Math.round(decimal * 1e6);

describe("statementJson", () => {
  it("is one object, with the digits of the CSV", async () => {
    const text = statementJson(goldenStatement());
    await expect(text).toMatchFileSnapshot("golden/statement.json");
    expect(text).toContain('"amount":857.338812');
    expect(JSON.parse(text)).toMatchObject({
      statement: "GL-2026-10-0003",
      status: "final",
      period: { id: "2026-10", start: "2026-09-30T22:00:00Z", end: "2026-10-31T23:00:00Z" },
    });
  });

  it("gives the same totals as the statement, to the micro-unit, whatever the texts", () => {
    fc.assert(
      fc.property(anyStatement, (statement) => {
        const read = JSON.parse(statementJson(statement));
        const amounts: number[] = read.lines.map((l: { amount: number }) => micros(l.amount));
        expect(sumExactly(amounts)).toBe(statement.header.roundedMicros);
        expect(micros(read.totals.total)).toBe(statement.header.roundedMicros);
        expect(micros(read.totals.exact) + micros(read.totals.rounding)).toBe(statement.header.roundedMicros);
        expect(read.lines.map((l: { description: string }) => l.description).slice(0, -1)).toEqual(
          statement.lines.map((l) => l.description),
        );
      }),
      runs(150, 20261002),
    );
  });
});
