import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newestFirst, type Page, pageOf, placeCursor, placeOf } from "./paging.ts";

interface Row {
  readonly at: number;
  readonly id: string;
}
const keyOf = (row: Row) => [row.at, row.id];
const inOrder = (rows: readonly Row[]) => [...rows].sort((a, b) => newestFirst(keyOf(a), keyOf(b)));
const anyRows = fc.uniqueArray(fc.record({ at: fc.nat(5), id: fc.string({ minLength: 1, maxLength: 3 }) }), {
  selector: (r) => JSON.stringify(keyOf(r)),
  maxLength: 40,
});

function readAll(rowsAt: (page: number) => readonly Row[], limit: number): Row[] {
  const out: Row[] = [];
  let page: Page<Row>;
  let cursor: string | undefined;
  for (let n = 0; ; n++) {
    page = pageOf(rowsAt(n), { limit: String(limit), cursor }, keyOf, newestFirst);
    expect(page.rows.length).toBeLessThanOrEqual(limit);
    out.push(...page.rows);
    if (page.next === null) return out;
    cursor = page.next;
  }
}

describe("pageOf", () => {
  it("pages one after the other are the whole list, each row once", () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 1, max: 10 }), (rows, limit) => {
        expect(readAll(() => inOrder(rows), limit)).toEqual(inOrder(rows));
      }),
    );
  });

  it("rows that come and go meanwhile make no other row come twice or not at all", () => {
    fc.assert(
      fc.property(anyRows, anyRows, fc.integer({ min: 1, max: 10 }), (stay, come, limit) => {
        const key = (r: Row) => JSON.stringify(keyOf(r));
        const kept = stay.filter((r) => !come.some((c) => key(c) === key(r)));
        const read = readAll((page) => inOrder(page % 2 ? [...kept, ...come] : kept), limit);
        expect(read.filter((r) => kept.some((k) => key(k) === key(r)))).toEqual(inOrder(kept));
      }),
    );
  });

  it.each([
    { limit: "0" },
    { limit: "1001" },
    { limit: "ten" },
    { limit: "" },
    { cursor: "x" },
    { cursor: "" },
    { cursor: "eyJ9" },
  ])("refuses %j", (request) =>
    expect(() => pageOf([{ at: 1, id: "a" }], request, keyOf, newestFirst)).toThrow(/^(limit|cursor): /),
  );
});

it("a place is what its cursor says", () => {
  expect(placeOf({})).toBeUndefined();
  for (const place of [
    { key: 7, value: null },
    { key: 7, value: 0.1 },
    { key: 7, value: "12345678901234567890" },
  ])
    expect(placeOf({ cursor: placeCursor(place) })).toEqual(place);
  const cursors = [
    { key: -1, value: 1 },
    { key: 0.5, value: 1 },
    { key: 1e300, value: 1 },
  ].map(placeCursor);
  for (const cursor of [...cursors, "WyJhIl0", "WzEsMiwzXQ", "?"])
    expect(() => placeOf({ cursor })).toThrow("cursor: ");
});
