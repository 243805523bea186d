import { describe, expect, it } from "vitest";
import { count, text } from "@/components/tables/columns.ts";
import { Address } from "./address.ts";
import { readView } from "./table-input.ts";

const COLUMNS = [
  text<object>("name", "name", () => null),
  count<object>("hours", "hours", () => null, { sort: "gpu-hours" }),
  text<object>("note", "note", () => "", { extra: true }),
];
const read = (params: Record<string, string>, prefix = "") => {
  const address = new Address(params);
  const place = { label: "Rows", path: "/rows", list: "rows", sort: "gpu-hours", prefix };
  const view = readView({ address, zone: "UTC", now: 0 }, COLUMNS, place);
  const { sort, descending, csv } = view;
  return { keys: view.columns.map((c) => c.key), sort, descending, csv, notice: address.notice };
};

describe("a table of an address", () => {
  it("has the usual columns in the usual order unless asked", () => {
    expect(read({})).toEqual({
      ...{ keys: ["name", "hours"], sort: "gpu-hours", descending: true, notice: null },
      csv: "/download/rows",
    });
  });

  it("has the columns, the order and the direction that are asked for", () => {
    expect(read({ cols: "note", sort: "name" })).toEqual({
      keys: ["name", "note"],
      sort: "name",
      descending: false,
      csv: "/download/rows?cols=note&sort=name",
      notice: null,
    });
    expect(read({ "runs-sort": "name", "runs-dir": "desc", sort: "x" }, "runs-")).toMatchObject({
      sort: "name",
      descending: true,
      notice: null,
    });
  });

  it("says which column, order or direction there is not", () => {
    const { notice, csv, ...view } = read({ cols: "name,howrs,zzz", sort: "weight", dir: "up" });
    expect(view).toEqual({ keys: ["name"], sort: "gpu-hours", descending: true });
    expect(csv).toBe("/download/rows?cols=name%2Chowrs%2Czzz&sort=weight&dir=up");
    expect(notice).toContain('There is no column "howrs". Did you mean "hours"?');
    expect(notice).toContain('There is no column "zzz". There are: hours, name, note.');
    expect(notice).toContain('"weight" is no sort of this page. Sorted by hours.');
    expect(notice).toContain('"up" is no dir of this page');
  });
});
