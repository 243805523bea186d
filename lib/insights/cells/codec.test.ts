import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { CELL, WIDTH } from "./cell.ts";
import { decodeSpan, encodeSpan, HOST, type SlotCells, SPAN, type SpanCells } from "./codec.ts";

const START = 1_793_606_400 - (1_793_606_400 % SPAN);
const PER_SPAN = SPAN / CELL;

/** Cells of some indices, whose measures are zero, the same in each, NaN, or anything. */
const cellsOf = (width: number) =>
  fc
    .tuple(
      fc.uniqueArray(fc.nat(PER_SPAN - 1), { maxLength: PER_SPAN }),
      fc.array(fc.constantFrom(0, 900, Number.NaN, null), { minLength: width, maxLength: width }),
      fc.infiniteStream(fc.float({ noDefaultInfinity: true })),
    )
    .map(
      ([indices, kinds, values]) =>
        new Map(
          [...indices]
            .sort((a, b) => a - b)
            .map((i) => [START + i * CELL, Float32Array.from(kinds, (k) => k ?? values.next().value)] as const),
        ),
    );
const facts = fc.record({ pod: fc.constant("p"), gpu: fc.uuid(), node: fc.constant("né"), model: fc.string() });
const spans = fc
  .record({ slots: fc.array(fc.tuple(facts, cellsOf(WIDTH)), { maxLength: 4 }), host: cellsOf(HOST.length) })
  .map(
    ({ slots, host }): SpanCells => ({
      slots: slots.map(([own, cells]): SlotCells => ({ ...own, pool: "pool", milli: 1000, level: "gpu", cells })),
      host,
    }),
  );

const byGpu = ({ slots, host }: SpanCells): SpanCells => ({
  slots: slots.filter((s) => s.cells.size > 0).sort((a, b) => (a.gpu < b.gpu ? -1 : 1)),
  host,
});

describe("cells of a span as bytes", () => {
  it("are exactly what was put in, whatever the order of the slots", () => {
    fc.assert(
      fc.property(spans, (span) => {
        const bytes = encodeSpan(span, START);
        const read = decodeSpan(bytes, START);
        expect(read && byGpu(read)).toEqual(byGpu(span));
        expect(encodeSpan({ ...span, slots: [...span.slots].reverse() }, START).equals(bytes)).toBe(true);
      }),
      runs(200),
    );
  });

  it("stay within a page of the database: what a card does in six hours at changing load is deflated", () => {
    const cells = new Map(
      Array.from({ length: PER_SPAN }, (_, i) => [
        START + i * CELL,
        Float32Array.from({ length: WIDTH }, (_, m) => (m % 3 ? 900 : ((i * 7919 + m) % 1000) / 8)),
      ]),
    );
    const own = { pod: "p", gpu: "GPU-1", node: "n", pool: "p", model: "m", milli: 1000, level: "gpu", cells };
    const few = new Map([...cells].slice(0, 4));
    const [long, short] = [cells, few].map((c) =>
      encodeSpan({ slots: [{ ...own, cells: c }], host: new Map() }, START),
    );
    expect([long?.[0], short?.[0]]).toEqual([6, 7]);
    expect(long?.length).toBeLessThan(1000);
    expect(decodeSpan(long as Buffer, START)?.slots[0]?.cells).toEqual(cells);
    expect(decodeSpan(short as Buffer, START)?.slots[0]?.cells).toEqual(few);
  });

  it("leave out what lies outside the span", () => {
    const cell = new Float32Array(HOST.length).fill(1);
    const host = new Map([START - CELL, START, START + SPAN].map((at) => [at, cell]));
    expect([...(decodeSpan(encodeSpan({ slots: [], host }, START), START)?.host.keys() ?? [])]).toEqual([START]);
  });

  const former = (head: object, rows: Float32Array) => {
    const text = Buffer.from(JSON.stringify(head));
    const size = Buffer.alloc(4);
    size.writeUInt32LE(text.length);
    return deflateRawSync(Buffer.concat([size, text, Buffer.from(rows.buffer)]));
  };
  const slot = { pod: "p", gpu: "g", node: "n", pool: "p", model: "m", milli: 500, level: "gpu" };

  it("are read as the version before wrote them", () => {
    const rows = Float32Array.from({ length: 2 * WIDTH + HOST.length }, (_, i) => i / 4);
    const bytes = former({ v: 1, w: WIDTH, slots: [{ ...slot, at: [0, 5] }], host: [3] }, rows);
    expect(decodeSpan(bytes, START)).toEqual({
      slots: [
        {
          ...slot,
          cells: new Map([
            [START, rows.subarray(0, WIDTH)],
            [START + 5 * CELL, rows.subarray(WIDTH, 2 * WIDTH)],
          ]),
        },
      ],
      host: new Map([[START + 3 * CELL, rows.subarray(2 * WIDTH)]]),
    });
  });

  it("of other measures are not read", () => {
    expect(decodeSpan(former({ v: 1, w: WIDTH + 1, slots: [], host: [] }, new Float32Array(0)), START)).toBeNull();
    expect(decodeSpan(former({ v: 0, w: WIDTH, slots: [], host: [] }, new Float32Array(0)), START)).toBeNull();
  });
});
