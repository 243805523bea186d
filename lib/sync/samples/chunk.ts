import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Instant } from "@/lib/time.ts";

/**
 * Samples of one series over one aligned span, as bytes. Values keep at least four decimals exactly: instants are
 * run-length encoded differences, values are differences of scaled integers, and the whole is deflated when that is
 * shorter. Regular percentages take well under two bytes a sample (bench/RESULTS.md).
 */
export interface Samples {
  readonly at: readonly Instant[];
  readonly value: readonly number[];
}

/** Length of the span of a chunk, in seconds; spans are aligned to it in UTC. */
export const CHUNK_SECONDS = 21_600;

/**
 * Chunks are small: with the defaults of zlib, 16 KiB and a quarter of a megabyte of tables would serve a few hundred
 * bytes.
 */
const DEFLATE = { level: 6, windowBits: 12, chunkSize: 1024 };
const INFLATE = { chunkSize: 2048 };

const VERSION = 1;
const DEFLATED = 2;
const FLOATS = 255;
const MAX_DECIMALS = 4;

class ByteWriter {
  bytes = new Uint8Array(256);
  length = 0;
  byte(value: number): void {
    if (this.length === this.bytes.length) {
      const grown = new Uint8Array(this.bytes.length * 2);
      grown.set(this.bytes);
      this.bytes = grown;
    }
    this.bytes[this.length++] = value;
  }
  /** Unsigned LEB128; safe up to 2^53. */
  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }
  zigzag(value: number): void {
    this.varint(value >= 0 ? value * 2 : -value * 2 - 1);
  }
  float(value: number): void {
    const view = new Uint8Array(new Float64Array([value]).buffer);
    for (const b of view) this.byte(b);
  }
}

/** The bytes of one float at a time. */
const FLOAT = new Float64Array(1);
const FLOAT_BYTES = new Uint8Array(FLOAT.buffer);

class ByteReader {
  #at = 0;
  readonly #bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw new RangeError("chunk ends early");
    return value;
  }
  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const b = this.byte();
      value += (b & 0x7f) * scale;
      if (b < 0x80) return value;
      scale *= 0x80;
    }
  }
  zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
  float(): number {
    for (let i = 0; i < 8; i++) FLOAT_BYTES[i] = this.byte();
    return FLOAT[0] as number;
  }
}

/** The fewest decimals (0–4) at which every value is a safe integer multiple; null when four are not enough. */
function decimalsOf(values: readonly number[]): number | null {
  let decimals = 0;
  let scale = 1;
  for (const value of values) {
    while (Math.round(value * scale) / scale !== value) {
      if (decimals === MAX_DECIMALS) return null;
      decimals++;
      scale *= 10;
    }
    if (Math.abs(value * scale) > 2 ** 50) return null;
  }
  return decimals;
}

/**
 * Encodes samples.
 * @param samples instants ascending and unique; values finite.
 */
export function encodeChunk({ at, value }: Samples): Buffer {
  const out = new ByteWriter();
  out.varint(at.length);
  out.varint(at[0] ?? 0);
  for (let i = 1; i < at.length; ) {
    const step = (at[i] as number) - (at[i - 1] as number);
    let run = 1;
    while (i + run < at.length && (at[i + run] as number) - (at[i + run - 1] as number) === step) run++;
    out.varint(step);
    out.varint(run);
    i += run;
  }
  const decimals = decimalsOf(value);
  out.byte(decimals ?? FLOATS);
  if (decimals === null) for (const v of value) out.float(v);
  else {
    const scale = 10 ** decimals;
    let last = 0;
    for (const v of value) {
      const scaled = Math.round(v * scale);
      out.zigzag(scaled - last);
      last = scaled;
    }
  }
  const body = out.bytes.subarray(0, out.length);
  const deflated = out.length > 24 ? deflateRawSync(body, DEFLATE) : null;
  const best = deflated && deflated.length < body.length ? deflated : body;
  const bytes = Buffer.allocUnsafe(best.length + 1);
  bytes[0] = best === body ? VERSION : DEFLATED;
  bytes.set(best, 1);
  return bytes;
}

/**
 * Decodes the exact samples, or those of `[from, to)`.
 * @throws RangeError if the bytes are not a chunk.
 */
export function decodeChunk(
  bytes: Uint8Array,
  from = Number.NEGATIVE_INFINITY,
  to = Number.POSITIVE_INFINITY,
): { at: Instant[]; value: number[] } {
  const version = bytes[0];
  if (version !== VERSION && version !== DEFLATED) throw new RangeError("not a chunk of a known version");
  const body = bytes.subarray(1);
  const reader = new ByteReader(version === DEFLATED ? inflateRawSync(body, INFLATE) : body);
  const count = reader.varint();
  const { first, at } = instantsWithin(runsOf(reader, count), from, to);
  const end = first + at.length;
  const decimals = reader.byte();
  const value = new Array<number>(at.length);
  if (decimals === FLOATS) {
    for (let i = 0; i < end; i++) {
      const read = reader.float();
      if (i >= first) value[i - first] = read;
    }
  } else {
    const scale = 10 ** decimals;
    let scaled = 0;
    for (let i = 0; i < first; i++) scaled += reader.zigzag();
    for (let i = first; i < end; i++) {
      scaled += reader.zigzag();
      value[i - first] = scaled / scale;
    }
  }
  return { at, value };
}

/** Instants at one distance: the first of them, the distance, and how many they are. */
interface Run {
  readonly start: Instant;
  readonly step: number;
  readonly count: number;
}

function runsOf(reader: ByteReader, count: number): Run[] {
  let instant = reader.varint();
  if (count === 0) return [];
  const runs: Run[] = [{ start: instant, step: 1, count: 1 }];
  for (let known = 1; known < count; ) {
    const step = reader.varint();
    const length = reader.varint();
    runs.push({ start: instant + step, step, count: length });
    instant += step * length;
    known += length;
  }
  return runs;
}

/** The instants of `[from, to)`, and how many come before them: what lies outside is not unfolded. */
function instantsWithin(runs: readonly Run[], from: Instant, to: Instant): { first: number; at: Instant[] } {
  const below = ({ start, step, count }: Run, limit: Instant) =>
    Math.min(count, Math.max(0, Math.ceil((limit - start) / step)));
  let [first, end] = [0, 0];
  for (const run of runs) {
    first += below(run, from);
    end += below(run, to);
  }
  // Of their final length: arrays that grow leave twice their size behind.
  const at = new Array<Instant>(Math.max(0, end - first));
  let filled = 0;
  for (const run of runs) {
    const last = below(run, to);
    for (let i = below(run, from); i < last; i++) at[filled++] = run.start + i * run.step;
  }
  return { first, at };
}

/** Both sets of samples in ascending order; for the same instant the newer reading wins. */
export function mergeSamples(older: Samples, newer: Samples): { at: Instant[]; value: number[] } {
  const at: Instant[] = [];
  const value: number[] = [];
  let i = 0;
  for (let j = 0; j < newer.at.length; j++) {
    const instant = newer.at[j] as number;
    while (i < older.at.length && (older.at[i] as number) < instant) {
      at.push(older.at[i] as number);
      value.push(older.value[i] as number);
      i++;
    }
    if (older.at[i] === instant) i++;
    at.push(instant);
    value.push(newer.value[j] as number);
  }
  for (; i < older.at.length; i++) {
    at.push(older.at[i] as number);
    value.push(older.value[i] as number);
  }
  return { at, value };
}

const RESOLUTION: readonly (readonly [suffix: string, decimals: number])[] = [
  ["_percent", 2],
  ["_mib", 0],
  ["_watts", 1],
  ["_celsius", 0],
  ["xid_code", 0],
  ["_cores", 3],
  ["gpu_allocation", 3],
  ["_count", 0],
  ["total_gpu", 3],
  ["allocated_gpu", 3],
];

/**
 * Rounds values to the resolution at which a metric is stored, half up. A positive value never becomes zero, because
 * zero means idle.
 */
export function atResolution(metric: string, values: readonly number[]): readonly number[] {
  const decimals = RESOLUTION.find(([suffix]) => metric.endsWith(suffix))?.[1];
  if (decimals === undefined) return values;
  const scale = 10 ** decimals;
  return values.map((v) => {
    const rounded = Math.round(v * scale) / scale;
    return rounded === 0 && v > 0 ? 1 / scale : rounded;
  });
}
