import { describe, expect, it } from "vitest";
import { fieldRow, sortPatch, sortRows, type TableColumn, type TableView } from "./table-view.ts";

interface Fruit {
  readonly name: string;
  readonly weight: number | null;
}
const cell = () => null;
const NAME: TableColumn<Fruit> = {
  key: "name",
  label: "Name",
  order: (r) => r.name,
  fields: [{ key: "name", header: "name", unit: "text", value: (r) => r.name }],
  cell,
};
const WEIGHT: TableColumn<Fruit> = {
  key: "weight",
  label: "Weight",
  sort: "heavy",
  right: true,
  order: (r) => r.weight,
  fields: [{ key: "weight", header: "weight", unit: "decimal", value: (r) => r.weight }],
  cell,
};
const all = [NAME, WEIGHT];
const view = (given: Partial<TableView<Fruit>>): TableView<Fruit> => ({
  all,
  columns: all,
  sort: undefined,
  descending: false,
  prefix: "",
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

  it("downloads the fields of the shown columns", () => {
    expect(fieldRow([WEIGHT], rows[1] as Fruit)).toEqual({ weight: 2 });
  });
});
