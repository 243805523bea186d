import { describe, expect, it } from "vitest";
import type { TableColumn } from "@/components/table-view.ts";
import { Address } from "./address.ts";
import { readView } from "./table-input.ts";

const column = (key: string, given: Partial<TableColumn<object>> = {}): TableColumn<object> => ({
  key,
  label: key,
  order: () => null,
  fields: [],
  cell: () => null,
  ...given,
});
const COLUMNS = [
  column("name"),
  column("hours", { right: true, sort: "gpu-hours" }),
  column("note", { extra: true, order: () => "" }),
];
const read = (params: Record<string, string>, prefix = "") => {
  const address = new Address(params);
  const view = readView(address, COLUMNS, { sort: "gpu-hours", prefix });
  return { keys: view.columns.map((c) => c.key), sort: view.sort, descending: view.descending, notice: address.notice };
};

describe("a table of an address", () => {
  it("has the usual columns in the usual order unless asked", () => {
    expect(read({})).toEqual({ keys: ["name", "hours"], sort: "gpu-hours", descending: true, notice: null });
  });

  it("has the columns, the order and the direction that are asked for", () => {
    expect(read({ cols: "note", sort: "name" })).toEqual({
      keys: ["name", "note"],
      sort: "name",
      descending: false,
      notice: null,
    });
    expect(read({ "runs-sort": "name", "runs-dir": "desc", sort: "x" }, "runs-")).toMatchObject({
      sort: "name",
      descending: true,
      notice: null,
    });
  });

  it("says which column, order or direction there is not", () => {
    const { notice, ...view } = read({ cols: "name,howrs,zzz", sort: "weight", dir: "up" });
    expect(view).toEqual({ keys: ["name"], sort: "gpu-hours", descending: true });
    expect(notice).toContain('There is no column "howrs". Did you mean "hours"?');
    expect(notice).toContain('There is no column "zzz". There are: hours, name, note.');
    expect(notice).toContain('"weight" is no sort of this page. Sorted by hours.');
    expect(notice).toContain('"up" is no dir of this page');
  });
});
