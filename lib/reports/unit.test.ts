import { describe, expect, it } from "vitest";
import type { Cell, Column, Unit } from "./report.ts";
import { formatCell, isNumeric, printedUnit, scaleOf } from "./unit.ts";

describe("a cell in files", () => {
  const column = (unit: Column["unit"], decimals?: number): Column =>
    decimals === undefined ? { key: "k", header: "k", unit } : { key: "k", header: "k", unit, decimals };

  it.each<[Column, number, string]>([
    [column("milli-gpu-seconds"), 1_800, "0.000500"],
    [column("milli-gpu-seconds", 2), 18_000, "0.00"],
    [column("milli-gpu-seconds", 2), 54_000, "0.02"],
    [column("milli-gpu-seconds"), 9_007_199_254_740_991, "2501999792.983609"],
    [column("micros"), 1_234_567_890, "1234.567890"],
    [column("micros"), -1, "-0.000001"],
    [column("micros", 2), 5_000, "0.00"],
    [column("micros", 2), -15_000, "-0.02"],
    [column("micros", 0), 0, "0"],
    [column("money", 2), 5_000, "0.00"],
    [column("nanos"), 2_500_000_000, "2.50"],
    [column("nanos"), 1, "0.000000001"],
    [column("count"), 3, "3"],
    [column("gpus"), 0.5, "0.50"],
    [column("decimal"), -0.001, "0.00"],
    [column("decimal"), -2, "-2.00"],
    [column("decimal", 0), 1e15, "1000000000000000"],
  ])("%j %d is %s", (c, value, expected) => {
    expect(formatCell(c, value, "csv")).toBe(expected);
  });

  it("refuses what is not a figure", () => {
    expect(() => formatCell(column("percent"), Number.NaN, "csv")).toThrow("NaN is not a figure");
  });
});

describe("a cell on each surface", () => {
  const all = (unit: Unit, cell: Cell) => {
    const column = { key: "k", unit };
    const sheet = formatCell(column, cell, "xlsx", { currency: "EUR" });
    return [
      formatCell(column, cell, "csv"),
      formatCell(column, cell, "json"),
      formatCell(column, cell, "page", { zone: "Europe/Berlin" })?.replaceAll("\u202f", " ") ?? null,
      sheet && `${sheet.value instanceof Date ? sheet.value.toISOString() : sheet.value} ${sheet.format}`,
    ];
  };

  it.each<[Unit, Cell, (string | null)[]]>([
    ["text", "=1+1", ["=1+1", '"=1+1"', "=1+1", null]],
    ["date", "2026-10-01", ["2026-10-01", '"2026-10-01"', "1 Oct 2026", "2026-10-01T00:00:00.000Z yyyy-mm-dd"]],
    [
      "instant",
      3600,
      [
        "1970-01-01T01:00:00Z",
        '"1970-01-01T01:00:00Z"',
        "1 Jan, 02:00",
        "1970-01-01T01:00:00.000Z yyyy-mm-dd hh:mm:ss",
      ],
    ],
    ["count", 12_345, ["12345", "12345", "12,345", "12345 0"]],
    ["percent", 33.333, ["33.33", "33.33", "33.3 %", "0.33332999999999996 0.00%"]],
    [
      "milli-gpu-seconds",
      4_444_400_000_000,
      ["1234555.555556", "1234555.555556", "1,234,556", "1234555.5555555555 #,##0.00????"],
    ],
    ["money", -1_234_567_890, ["-1234.567890", "-1234.567890", "\u22121,234.57", "-1234.56789 [$EUR] #,##0.00????"]],
    ["micros", 1_500_000, ["1.500000", "1.500000", "1.50", "1.5 #,##0.00????"]],
    ["nanos", 2_512_300_000, ["2.5123", "2.5123", "2.5123", "2.5123 #,##0.00???????"]],
    ["gpus", 8, ["8.00", "8.00", "8", "8 #,##0.00????"]],
    ["money", null, [null, "null", null, null]],
  ])("%s %s", (unit, cell, expected) => expect(all(unit, cell)).toEqual(expected));

  it("writes the numbers of a page as its locale does", () => {
    const german = { zone: "UTC", locale: "de-DE" };
    expect(formatCell({ key: "k", unit: "money" }, 1_234_567_890, "page", german)).toBe("1.234,57");
    expect(formatCell({ key: "k", unit: "count" }, 12_345, "page", german)).toBe("12.345");
  });

  it("names the unit of what is printed", () => {
    expect([printedUnit("milli-gpu-seconds"), printedUnit("money"), printedUnit("gib")]).toEqual([
      "gpu-hours",
      "amount",
      "gib",
    ]);
    expect([isNumeric({ unit: "date" }), isNumeric({ unit: "money" }), scaleOf("milli-gpu-seconds")]).toEqual([
      false,
      true,
      3_600_000,
    ]);
  });
});
