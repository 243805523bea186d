import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { count } from "@/components/tables/columns.ts";
import { plainView, sortRows, type TableView } from "@/components/tables/view.ts";
import type { Row } from "@/lib/reports/report.ts";
import { runs } from "@/lib/testing-runs.ts";
import { everyRow, firstRows } from "./report-rows.ts";

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

describe("the rows of a report on a page and in its file", () => {
  it("shows the first of what the file has, in the same order", async () => {
    await fc.assert(
      fc.asyncProperty(
        someRows,
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        fc.boolean(),
        async (rows, size, sort, down) => {
          const by = view(sort ? "n" : undefined, down);
          const all: Row[] = [];
          for await (const page of everyRow(pagesOf(rows, size), by)) all.push(...page);
          expect(all).toEqual(sortRows(rows, by));
          const first = await firstRows(pagesOf(rows, size), by, 10, 0);
          expect(first.rows).toEqual(all.slice(0, 10));
          expect(first.more).toBe(rows.length > 10);
        },
      ),
      runs(100, 11),
    );
  });

  it("reads no further than it must in the report's own order", async () => {
    const taken = { pages: 0 };
    const rows = Array.from({ length: 1000 }, (_, n): Row => ({ n }));
    await firstRows(pagesOf(rows, 10, taken), view(undefined), 10, 0);
    expect(taken.pages).toBe(2);
  });
});
