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

const VERSION = 2;

/**
 * First byte of what this version writes. The one before wrote a deflated stream, which cannot begin with these bits, and rows of
 * cells; it is read, and no longer written: most of a row is zero or the same in every cell, and a tick spent a quarter of its time
 * on compressing that.
 */
const COLUMNS = 0x07;
/** The same, deflated. */
const DEFLATED_COLUMNS = 0x06;

/** What is longer than this takes a page of the database of its own, and is deflated. */
const MOST_PLAIN = 990;
const DEFLATE = { level: 1, windowBits: 13, memLevel: 6, chunkSize: 2048 };
const INFLATE = { chunkSize: 8192 };

/** How a measure is stored over the cells of a slot: zero in all, the same in all, or one value for each. */
const [ZERO, SAME, EACH] = [0, 1, 2];

/** Cells of one slot, or of the host, at some indices of a span. */
interface Block {
  readonly at: readonly number[];
  readonly width: number;
}

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
    slots: present.map(({ slot: { cells: _, ...facts }, at }) => ({ ...facts, at: bitsOf(at) })),
    host: bitsOf(hostAt),
  });
  const blocks = [
    ...present.map(({ slot, at }) => ({ cells: slot.cells, at, width: WIDTH })),
    { cells: host, at: hostAt, width: HOST.length },
  ];
  const kinds = new Uint8Array(blocks.reduce((n, b) => n + b.width, 0));
  const values = new Float32Array(blocks.reduce((n, b) => n + b.width * b.at.length, 0));
  let [kind, used] = [0, 0];
  for (const { cells, at, width } of blocks) {
    const list = at.map((index) => cells.get(spanAt + index * CELL) as Float32Array);
    for (let m = 0; m < width; m++) {
      const found = kindOf(list, m);
      kinds[kind++] = found;
      const stored = found === EACH ? list.length : found;
      for (let i = 0; i < stored; i++) values[used++] = list[i]?.[m] as number;
    }
  }
  const text = Buffer.from(head);
  const size = Buffer.alloc(5);
  size[0] = COLUMNS;
  size.writeUInt32LE(text.length, 1);
  const plain = Buffer.concat([size, text, kinds, new Uint8Array(values.buffer, 0, used * 4)]);
  if (plain.length <= MOST_PLAIN) return plain;
  return Buffer.concat([Buffer.of(DEFLATED_COLUMNS), deflateRawSync(plain.subarray(1), DEFLATE)]);
}

function kindOf(cells: readonly Float32Array[], measure: number): number {
  const first = cells[0]?.[measure] ?? 0;
  for (const cell of cells) if (!Object.is(cell[measure], first)) return EACH;
  return first === 0 ? ZERO : SAME;
}

const within = (cells: ReadonlyMap<Instant, unknown>, spanAt: Instant): number[] => {
  const out: number[] = [];
  for (let i = 0; i < PER_SPAN; i++) if (cells.has(spanAt + i * CELL)) out.push(i);
  return out;
};

/** Indices of cells, as bits of a number; the version before listed them. */
type Indices = number | readonly number[];

const bitsOf = (indices: readonly number[]): number => indices.reduce((bits, i) => bits | (1 << i), 0);
const indicesOf = (given: Indices): readonly number[] =>
  typeof given === "number" ? ALL_INDICES.filter((i) => given & (1 << i)) : given;
const ALL_INDICES = Array.from({ length: PER_SPAN }, (_, i) => i);

interface Head {
  readonly v: number;
  readonly w: number;
  readonly slots: readonly (SlotFacts & { at: Indices })[];
  readonly host: Indices;
}

/** The cells of a span. Null for bytes of another version of the measures: then they are made again from samples. */
export function decodeSpan(bytes: Uint8Array, spanAt: Instant): SpanCells | null {
  const isColumns = bytes[0] === COLUMNS || bytes[0] === DEFLATED_COLUMNS;
  const stored = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).subarray(isColumns ? 1 : 0);
  const raw = bytes[0] === COLUMNS ? stored : inflateRawSync(stored, INFLATE);
  const length = raw.readUInt32LE(0);
  const head = JSON.parse(raw.toString("utf8", 4, 4 + length)) as Head;
  if (head.v !== (isColumns ? VERSION : 1) || head.w !== WIDTH) return null;
  const blocks: Block[] = [
    ...head.slots.map(({ at }) => ({ at: indicesOf(at), width: WIDTH })),
    { at: indicesOf(head.host), width: HOST.length },
  ];
  const body = raw.subarray(4 + length);
  const rows = isColumns ? rowsOf(blocks, body) : floatsOf(body);
  let offset = 0;
  const take = ({ at, width }: Block) => {
    const cells = new Map<Instant, Float32Array>();
    for (const index of at) {
      cells.set(spanAt + index * CELL, rows.subarray(offset, offset + width));
      offset += width;
    }
    return cells;
  };
  const taken = blocks.map(take);
  const slots = head.slots.map(({ at: _, ...facts }, i) => ({ ...facts, cells: taken[i] as Cells }));
  return { slots, host: taken.at(-1) as HostCells };
}

/** A copy: floats must be aligned. */
const floatsOf = (bytes: Uint8Array): Float32Array => new Float32Array(new Uint8Array(bytes).buffer);

/** Columns as rows: all measures of a cell one after the other. */
function rowsOf(blocks: readonly Block[], body: Uint8Array): Float32Array {
  const widths = blocks.reduce((n, b) => n + b.width, 0);
  const values = floatsOf(body.subarray(widths));
  const out = new Float32Array(blocks.reduce((n, b) => n + b.width * b.at.length, 0));
  let [kind, used, start] = [0, 0, 0];
  for (const { at, width } of blocks) {
    const end = start + width * at.length;
    for (let m = 0; m < width; m++) {
      const found = body[kind++];
      if (found === ZERO) continue;
      for (let i = start + m; i < end; i += width) out[i] = values[found === EACH ? used++ : used] as number;
      if (found === SAME) used++;
    }
    start = end;
  }
  return out;
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
