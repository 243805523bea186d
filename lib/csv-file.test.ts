import { describe, expect, it } from "vitest";
import { headerLine, readCsvFile } from "./csv-file.ts";

const wide = (columns: number) => Array.from({ length: columns }, (_, i) => `c${i}`).join(",");

describe("a CSV file", () => {
  it("has its records by its header, with their lines", () => {
    const { header, records } = readCsvFile("f", '\uFEFFa,b\r\n1,"x,\ny"\r\n\r\n 2 ,3\r\n4\r\n');
    expect(header).toEqual(["a", "b"]);
    expect(records.map((r) => [r.line, r.fields, r.problem === null])).toEqual([
      [3, { a: "1", b: "x,\ny" }, true],
      [5, { a: "2", b: "3" }, true],
      [6, { a: "4", b: "" }, false],
    ]);
  });

  it("keeps the columns alone that are needed", () => {
    const { header, records } = readCsvFile("f", "a,b,c\n1,2,3\n", new Set(["c"]));
    expect([header, records[0]?.fields]).toEqual([["a", "b", "c"], { c: "3" }]);
  });

  it("of too many columns is refused by its header alone", () => {
    expect(readCsvFile("f", `${wide(200)}\n`).header).toHaveLength(200);
    for (const text of [wide(201), wide(60_000), ",".repeat(16_000_000)])
      expect(() => readCsvFile("f", `${text}\n${"1,".repeat(100)}`)).toThrow(/more than 200/);
  });

  it("of a line without an end, or of separators alone, is refused", () => {
    expect(() => readCsvFile("f", `a,b\n1,"${"x".repeat(2_000_000)}`)).toThrow("f is not a CSV file");
    expect(() => readCsvFile("f", `a,b\n${",".repeat(4_000_000)}`)).toThrow("f has a line of more than 2000 columns");
  });

  it("begins with marks, Excel's word of its separator, and empty lines, and its lines keep their numbers", () => {
    for (const [text, line] of [
      ["\uFEFF\uFEFFa,b\n1,2\n", 2],
      ["sep=,\r\na,b\r\n1,2\r\n", 3],
      ["\n\na,b\n1,2\n", 4],
    ] as const) {
      expect(headerLine(text)).toBe("a,b");
      expect(readCsvFile("f", text)).toMatchObject({
        header: ["a", "b"],
        records: [{ line, fields: { a: "1", b: "2" } }],
      });
    }
    expect(headerLine("")).toBe("");
  });

  it("has the columns that are kept whatever the case of their letters, each once", () => {
    const keep = new Set(["FromDay", "team", "Team"]);
    expect(readCsvFile("f", "FROMDAY,other\n1,2\n", keep).records[0]?.fields).toEqual({ FromDay: "1" });
    expect(readCsvFile("f", "team,Team\n1,2\n", keep).records[0]?.fields).toEqual({ team: "1", Team: "2" });
    expect(() => readCsvFile("f", "FromDay,fromday\n1,2\n", keep)).toThrow("f has the column FromDay twice.");
  });

  it("of tabs or semicolons says so", () => {
    expect(() => readCsvFile("f", "a\tb\n1\t2\n")).toThrow("parted by tabs, and must be by commas");
    expect(() => readCsvFile("f", "a;b\n1;2\n")).toThrow("parted by semicolons, and must be by commas");
  });

  it("names a column that it has twice", () => {
    expect(() => readCsvFile("f", "a,b,a\n")).toThrow("f has the column a twice.");
  });

  it("with columns of JavaScript's own names holds them as others", () => {
    expect(readCsvFile("f", "__proto__,constructor\n1,2\n").records[0]?.fields.constructor).toBe("2");
  });
});
