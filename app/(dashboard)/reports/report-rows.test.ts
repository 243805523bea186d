import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { count } from "@/components/tables/columns.ts";
import { plainView, sortRows, type TableView } from "@/components/tables/view.ts";
import type { Row } from "@/lib/reports/report.ts";
import { runs } from "@/lib/testing-runs.ts";
import { everyRow, MOST_SORTED, rowsOfPage } from "./report-rows.ts";

const column = count<Row>("n", "n", (r) => r.n ?? null);
const view = (sort: string | undefined, descending = false): TableView<Row> => ({
  ...plainView("Rows", [column]),
  sort,
  descending,
});
async function* pagesOf(rows: readonly Row[], size: number, taken: { pages: number } = { pages: 0 }) {
  for (let at = 0; at < rows.length; at += size) {
    taken.pages++;
    yield rows.slice(at, at + size);
  }
}
const someRows = fc
  .array(fc.oneof(fc.nat(20), fc.constant(null)), { maxLength: 60 })
  .map((ns) => ns.map((n, id): Row => ({ n, id })));

describe("the rows of a report on its pages and in its file", () => {
  it("has on its pages together what the file has, in the same order", async () => {
    await fc.assert(
      fc.asyncProperty(
        someRows,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        fc.boolean(),
        async (rows, chunk, size, sort, down) => {
          const by = view(sort ? "n" : undefined, down);
          const file: Row[] = [];
          for await (const page of everyRow(pagesOf(rows, chunk), by)) file.push(...page);
          expect(file).toEqual(sortRows(rows, by));
          const shown: Row[] = [];
          for (let page = 1; ; page++) {
            const found = await rowsOfPage(pagesOf(rows, chunk), by, { page, size }, 0, ["n"]);
            shown.push(...found.rows);
            const known = rows.flatMap(({ n: one }) => (typeof one === "number" ? [one] : []));
            const sum = known.reduce((total, one) => total + BigInt(one), 0n);
            if (found.count !== null) expect(found.sums).toEqual(known.length ? { n: sum } : {});
            if (found.count !== null) expect(found.count).toBe(rows.length);
            else expect(rows.length).toBeGreaterThan(page * size);
            if (found.rows.length < size) break;
          }
          expect(shown).toEqual(file);
        },
      ),
      runs(100, 11),
    );
  });

  it("reads no further than it must in the report's own order, and then has not counted", async () => {
    const taken = { pages: 0 };
    const rows = Array.from({ length: 1000 }, (_, n): Row => ({ n }));
    const found = await rowsOfPage(pagesOf(rows, 10, taken), view(undefined), { page: 2, size: 10 }, 0);
    expect(found).toEqual({ rows: rows.slice(10, 20), count: null, chartRows: [], sums: null });
    expect(taken.pages).toBe(3);
  });

  it("has every row of a file that is too long to sort, in the report's own order, unless that order was chosen", async () => {
    const rows = Array.from({ length: MOST_SORTED + 3 }, (_, n): Row => ({ n: n % 7, id: n }));
    let count = 0;
    let inOrder = true;
    for await (const page of everyRow(pagesOf(rows, 1000), view("n", true), false))
      for (const row of page) inOrder &&= row.id === count++;
    expect([count, inOrder]).toEqual([rows.length, true]);
    const chosen = everyRow(pagesOf(rows, 1000), view("n", true), true);
    await expect(chosen.next()).rejects.toThrow("too many to sort");
  });
});
