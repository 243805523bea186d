import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { amountLine, anyStatement, goldenStatement, statementOf, usageLine } from "@/lib/exports/testing-statement.ts";
import { parseMicros, sumExactly } from "@/lib/money.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { runs } from "@/lib/testing-runs.ts";
import { FOCUS_COLUMNS, OWN_COLUMNS, type OwnFocusRow } from "./columns.ts";
import { plainDouble, product, quantityText } from "./figures.ts";
import { focusCsv, focusRows } from "./focus.ts";
import { detailsOf } from "./testing-focus.ts";
import { validateFocus } from "./validator.ts";

async function rowsOf(statement: Statement): Promise<OwnFocusRow[]> {
  const out: OwnFocusRow[] = [];
  for await (const page of focusRows(statement, detailsOf(statement))) out.push(...page);
  return out;
}
async function csvOf(statement: Statement): Promise<string> {
  let text = "";
  for await (const chunk of focusCsv(focusRows(statement, detailsOf(statement)))) text += chunk;
  return text;
}
const micros = (text: string | null | undefined): number => parseMicros(text ?? "") ?? Number.NaN;

describe("focusRows", () => {
  it("is, to the byte, what finance received before", async () => {
    await expect(await csvOf(goldenStatement())).toMatchFileSnapshot("../golden/focus.csv");
  });

  it("has all 57 columns in their order, then our own", () => {
    expect(FOCUS_COLUMNS).toHaveLength(57);
    expect([...FOCUS_COLUMNS]).toEqual([...FOCUS_COLUMNS].sort());
    for (const column of OWN_COLUMNS) expect(column).toMatch(/^x_[A-Z][A-Za-z]+$/);
  });

  it("is valid, and BilledCost sums to the rounded total, whatever is on the statement", async () => {
    await fc.assert(
      fc.asyncProperty(anyStatement, async (statement) => {
        const rows = await rowsOf(statement);
        const { header, number } = statement;
        const totals = new Map([[number ?? "", header.roundedMicros]]);
        const { faults, rows: count } = await validateFocus([rows], { totals });
        expect(faults).toEqual([]);
        expect(count).toBe(rows.length);
        expect(sumExactly(rows.map((r) => micros(r.BilledCost)))).toBe(header.roundedMicros);
        expect(sumExactly(rows.map((r) => Number(r.x_AmountMicros)))).toBe(header.roundedMicros);
      }),
      runs(150, 20261007),
    );
  });

  it("reads back from CSV with the same totals, costs that are products to the last bit, and no formula", async () => {
    await fc.assert(
      fc.asyncProperty(anyStatement, async (statement) => {
        const read: Record<string, string>[] = parse(await csvOf(statement), { columns: true });
        expect(sumExactly(read.map((r) => micros(r.BilledCost)))).toBe(statement.header.roundedMicros);
        for (const row of read) {
          if (row.ListUnitPrice !== "")
            expect(Number(row.ListUnitPrice) * Number(row.PricingQuantity)).toBe(Number(row.ListCost));
          for (const column of ["ChargeDescription", "SubAccountName", "ResourceName", "BillingAccountName"])
            expect(row[column]).not.toMatch(/^[=+\-@\t\r]/);
        }
      }),
      runs(100, 20261008),
    );
  });

  it("distinguishes usage, shares, imported cost, corrections and settled disputes", async () => {
    const lines = [
      usageLine(3_600_000, 2_500_000_000),
      amountLine(5_000_000, { kind: "share", method: "unused-quota", cluster: "east" }),
      amountLine(6_000_000, { kind: "cost", method: "direct" }),
      amountLine(-7_000_000, {
        kind: "correction",
        sku: "gpu",
        quantity: -3_600_000,
        corrects: "GL-2026-09-0003",
        fromDay: 20260901,
        untilDay: 20261001,
      }),
      amountLine(8_000_000, { kind: "correction", corrects: "GL-2026-09-0003", fromDay: 20260901, untilDay: 20261001 }),
      amountLine(-9_000_000, { kind: "correction", reason: "Node was down" }),
    ];
    const rows = (await rowsOf(statementOf({ lines }))).slice(3);
    const described = rows.map((r) => [
      r.x_LineKind,
      r.ChargeCategory,
      r.ChargeClass,
      r.CapacityReservationStatus,
      r.ChargePeriodStart,
    ]);
    expect(described).toEqual([
      ["share", "Adjustment", null, "Unused", "2026-09-30T22:00:00Z"],
      ["cost", "Adjustment", null, null, "2026-09-30T22:00:00Z"],
      ["correction", "Usage", "Correction", null, "2026-08-31T22:00:00Z"],
      ["correction", "Adjustment", "Correction", null, "2026-08-31T22:00:00Z"],
      ["correction", "Credit", null, null, "2026-09-30T22:00:00Z"],
      ["rounding", "Adjustment", null, null, "2026-09-30T22:00:00Z"],
    ]);
    expect(new Set(rows.map((r) => r.BillingPeriodStart))).toEqual(new Set(["2026-09-30T22:00:00Z"]));
    expect(rows[2]).toMatchObject({
      ConsumedQuantity: "-1.00",
      ListUnitPrice: null,
      x_CorrectsInvoiceId: "GL-2026-09-0003",
    });
  });

  it("evens out what was rounded apart, and refuses details of another statement", async () => {
    const statement = statementOf({ lines: [usageLine(3_600_000, 2_500_000_000)] });
    async function* shifted(by: number) {
      for await (const page of detailsOf(statement))
        yield page.map((d, i) => (i ? d : { ...d, amountMicros: d.amountMicros + by }));
    }
    const collect = async (by: number) => {
      const rows: OwnFocusRow[] = [];
      for await (const page of focusRows(statement, shifted(by))) rows.push(...page);
      return rows;
    };
    const rows = await collect(2);
    expect(rows.at(-1)).toMatchObject({
      BilledCost: "-0.000002",
      ChargeDescription: "Rounding to USD 0.01, and of single charges",
    });
    expect(sumExactly(rows.map((r) => micros(r.BilledCost)))).toBe(2_500_000);
    await expect(collect(4)).rejects.toThrow("The charges of Vision in 2026-10 come to 2.500004");
  });
});

describe("figures of FOCUS", () => {
  it.each([
    [1e-7, "0.0000001"],
    [-2.5e-9, "-0.0000000025"],
    [1e21, "1000000000000000000000.0"],
    [1.5e22, "15000000000000000000000.0"],
    [0, "0.0"],
    [0.1, "0.1"],
    [123.456, "123.456"],
  ])("%d is %s", (value, expected) => {
    expect(plainDouble(value)).toBe(expected);
    expect(Number(expected)).toBe(value);
  });

  it("multiplies what is written", () => {
    expect(product("2.50", quantityText(1_234_567_890, "gpu"))).toBe("857.3388124999999");
    expect(quantityText(1, "gpu")).toBe("0.000000278");
  });
});
