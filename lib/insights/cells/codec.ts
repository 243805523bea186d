import { deflateRawSync, inflateRawSync } from "node:zlib";
import { ceilTo, type Instant } from "@/lib/time.ts";
import { CELL, type Cells, type SlotFacts, WIDTH } from "./cell.ts";

/** Length of the span that is stored together, in seconds; spans are aligned to it in UTC. */
export const SPAN = 21_600;
const PER_SPAN = SPAN / CELL;

/** The cells of a slot, and who it is. */
export interface SlotCells extends SlotFacts {
  readonly cells: Cells;
}

/** Host memory and CPU of a workload in a cell: value × seconds and seconds, the largest memory, and what was requested. */
export const HOST = ["cpuSeconds", "cpuSum", "memorySeconds", "memorySum", "memoryMax"] as const;
export type HostCells = Map<Instant, Float32Array>;

/** What is stored of a workload over a span. */
export interface SpanCells {
  readonly slots: readonly SlotCells[];
  readonly host: HostCells;
}

/** Who a slot is, as one text: two pods, cards or shares are never the same slot. */
export const slotId = (s: SlotFacts): string => `${s.pod}|${s.gpu}|${s.milli}|${s.node}|${s.pool}|${s.model}`;

const VERSION = 1;

/** What is deflated is a few kilobytes: the tables and blocks of zlib's defaults would cost more than the work. */
const DEFLATE = { level: 4, windowBits: 13, memLevel: 6, chunkSize: 4096 };
const INFLATE = { chunkSize: 8192 };

/**
 * Cells of one span as bytes. The same cells give the same bytes, whatever the order of their slots.
 * @param spanAt start of the span; cells outside it are left out.
 */
export function encodeSpan({ slots, host }: SpanCells, spanAt: Instant): Buffer {
  const sorted = [...slots].sort((a, b) => (slotId(a) < slotId(b) ? -1 : 1));
  const present = sorted.map((slot) => ({ slot, at: within(slot.cells, spanAt) })).filter((s) => s.at.length > 0);
  const hostAt = within(host, spanAt);
  const head = JSON.stringify({
    v: VERSION,
    w: WIDTH,
    slots: present.map(({ slot: { cells: _, ...facts }, at }) => ({ ...facts, at })),
    host: hostAt,
  });
  const numbers = present.reduce((n, s) => n + s.at.length * WIDTH, 0) + hostAt.length * HOST.length;
  const body = new Float32Array(numbers);
  let offset = 0;
  const put = (cells: ReadonlyMap<Instant, Float32Array>, indices: readonly number[], width: number) => {
    for (const index of indices) {
      const cell = cells.get(spanAt + index * CELL) as Float32Array;
      body.set(cell.subarray(0, width), offset);
      offset += width;
    }
  };
  for (const { slot, at } of present) put(slot.cells, at, WIDTH);
  put(host, hostAt, HOST.length);
  const text = Buffer.from(head);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(text.length);
  return deflateRawSync(Buffer.concat([size, text, Buffer.from(body.buffer)]), DEFLATE);
}

const within = (cells: ReadonlyMap<Instant, unknown>, spanAt: Instant): number[] =>
  Array.from({ length: PER_SPAN }, (_, i) => i).filter((i) => cells.has(spanAt + i * CELL));

interface Head {
  readonly v: number;
  readonly w: number;
  readonly slots: readonly (SlotFacts & { at: readonly number[] })[];
  readonly host: readonly number[];
}

/** The cells of a span. Null for bytes of another version of the measures: then they are made again from samples. */
export function decodeSpan(bytes: Uint8Array, spanAt: Instant): SpanCells | null {
  const raw = inflateRawSync(bytes, INFLATE);
  const length = raw.readUInt32LE(0);
  const head = JSON.parse(raw.subarray(4, 4 + length).toString()) as Head;
  if (head.v !== VERSION || head.w !== WIDTH) return null;
  // A copy: floats must be aligned.
  const body = new Float32Array(new Uint8Array(raw.subarray(4 + length)).buffer);
  let offset = 0;
  const take = (indices: readonly number[], width: number) => {
    const cells = new Map<Instant, Float32Array>();
    for (const index of indices) {
      cells.set(spanAt + index * CELL, body.subarray(offset, offset + width));
      offset += width;
    }
    return cells;
  };
  const slots = head.slots.map(({ at, ...facts }) => ({ ...facts, cells: take(at, WIDTH) }));
  return { slots, host: take(head.host, HOST.length) };
}

/**
 * What is stored of a span with the cells of `[from, to)` replaced by fresh ones. Slots without cells are left out.
 */
export function replaceCells(stored: SpanCells, fresh: SpanCells, from: Instant, to: Instant): SpanCells {
  const outside = <T>(cells: ReadonlyMap<Instant, T>) => {
    const out = new Map<Instant, T>();
    for (const [at, cell] of cells) if (at < from || at >= to) out.set(at, cell);
    return out;
  };
  const addInside = <T>(out: Map<Instant, T>, cells: ReadonlyMap<Instant, T>) => {
    for (let at = ceilTo(from, CELL); at < to; at += CELL) {
      const cell = cells.get(at);
      if (cell !== undefined) out.set(at, cell);
    }
    return out;
  };
  const byId = new Map<string, SlotCells>();
  for (const slot of stored.slots) byId.set(slotId(slot), { ...slot, cells: outside(slot.cells) });
  for (const slot of fresh.slots) {
    const id = slotId(slot);
    byId.set(id, { ...slot, cells: addInside(byId.get(id)?.cells ?? new Map(), slot.cells) });
  }
  return {
    slots: [...byId.values()].filter((s) => s.cells.size > 0),
    host: addInside(outside(stored.host), fresh.host),
  };
}
