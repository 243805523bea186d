import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Cell } from "@/lib/reports/report.ts";
import { count, gpuHours, moneyIn, text } from "./columns.ts";
import { compareCells, fieldRow, plainView, sortPatch, sortRows, type TableView, totalOf } from "./view.ts";

interface Fruit {
  readonly name: string;
  readonly weight: number | null;
}
const NAME = text<Fruit>("name", "Name", (r) => r.name);
const WEIGHT = count<Fruit>("weight", "Weight", (r) => r.weight, { sort: "heavy" });
const view = (given: Partial<TableView<Fruit>>): TableView<Fruit> => ({
  ...plainView("Fruit", [NAME, WEIGHT]),
  ...given,
});
const rows: readonly Fruit[] = [
  { name: "fig 10", weight: null },
  { name: "fig 9", weight: 2 },
  { name: "apple", weight: 30 },
  { name: "pear", weight: 2 },
];
const names = (given: Partial<TableView<Fruit>>) => sortRows(rows, view(given)).map((r) => r.name);

describe("a table as its address asks for it", () => {
  it("keeps the rows' own order unless asked", () => expect(names({})).toEqual(rows.map((r) => r.name)));

  it("puts what nobody knows last, whichever way, and keeps equals as they came", () => {
    expect(names({ sort: "heavy" })).toEqual(["fig 9", "pear", "apple", "fig 10"]);
    expect(names({ sort: "heavy", descending: true })).toEqual(["apple", "fig 9", "pear", "fig 10"]);
  });

  it("sorts texts as people do", () => {
    expect(names({ sort: "name" })).toEqual(["apple", "fig 9", "fig 10", "pear"]);
  });

  it("begins figures with the largest and texts with the smallest, turns round, and leaves the page", () => {
    expect(sortPatch(view({}), WEIGHT)).toEqual({ sort: "heavy", dir: "desc", page: undefined });
    expect(sortPatch(view({}), NAME)).toMatchObject({ sort: "name", dir: "asc" });
    expect(sortPatch(view({ sort: "heavy", descending: true, prefix: "runs-" }), WEIGHT)).toEqual({
      "runs-sort": "heavy",
      "runs-dir": "asc",
      "runs-page": undefined,
    });
  });

  it("sorts by what the column says, not by what it is drawn as, and not at all where the column says so", () => {
    const drawn = text<Fruit>("name", "Name", (r) => r.name, { cell: () => "x", order: (r) => r.weight });
    const by = (column: typeof drawn) => sortRows(rows, { ...plainView("Fruit", [column]), sort: "name" });
    expect(by(drawn).map((r) => r.weight)).toEqual([2, 2, 30, null]);
    expect(by({ ...drawn, order: false })).toEqual(rows);
  });

  it("orders any cells the same way twice, and the other way round but for the unknown", () => {
    const cell: fc.Arbitrary<Cell> = fc.oneof(fc.integer(), fc.string(), fc.constant(null));
    fc.assert(
      fc.property(cell, cell, (a, b) => {
        expect(Math.sign(compareCells(a, b, 1)) + Math.sign(compareCells(b, a, 1))).toBe(0);
        if (a !== null && b !== null)
          expect(Math.sign(compareCells(a, b, -1)) + Math.sign(compareCells(a, b, 1))).toBe(0);
      }),
      { seed: 3 },
    );
  });
});

describe("the last row", () => {
  const money = moneyIn("EUR")<Fruit>("cost", "Cost", (r) => r.weight, { total: true });

  it("sums micro-units exactly, leaves out what is unknown, and is unknown where nothing is known", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: -1e12, max: 1e12 })), { maxLength: 40 }), (amounts) => {
        const known = amounts.filter((a) => a !== null);
        const sum = known.reduce((total, a) => total + BigInt(a), 0n);
        const of = totalOf(
          money,
          amounts.map((weight) => ({ name: "", weight })),
        );
        expect(of).toBe(known.length ? Number(sum) : null);
      }),
      { seed: 5 },
    );
  });

  it("has a figure only in columns that have one, and the column's own where it is no sum", () => {
    expect(totalOf(NAME, rows)).toBeUndefined();
    expect(totalOf(WEIGHT, rows)).toBeUndefined();
    expect(
      totalOf(
        count<Fruit>("weight", "Weight", (r) => r.weight, { total: (all) => all.length }),
        rows,
      ),
    ).toBe(4);
  });
});

describe("the download of a table", () => {
  it("has the fields of the shown columns", () => {
    expect(fieldRow([WEIGHT], rows[1] as Fruit)).toEqual({ weight: 2 });
  });

  it("names the currency of an amount and the unit of a time", () => {
    const [amount] = moneyIn("EUR")<Fruit>("of-it-idle", "Idle", (r) => r.weight).fields;
    expect(amount).toMatchObject({ header: "of_it_idle_eur", unit: "money" });
    expect(gpuHours<Fruit>("gpu_hours", "GPU-hours", (r) => r.weight).fields[0]?.unit).toBe("milli-gpu-seconds");
  });
});
