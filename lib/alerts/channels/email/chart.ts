import { crc32, deflateSync } from "node:zlib";
import type { MessageChart } from "@/lib/alerts/types.ts";

const [WIDTH, HEIGHT, PAD] = [600, 140, 8];
type Colour = readonly [number, number, number];
const BAR: Colour = [47, 111, 222];
const OVER: Colour = [198, 40, 40];
const LINE: Colour = [90, 90, 90];

/**
 * A chart as a PNG of 600 × 140 pixels, since mail programs show no SVG: a bar for each value, red above the limit, the limit as a dashed
 * line. A value that is unknown has no bar. @returns null where there is no value.
 */
export function chartPng({ points, limit }: MessageChart): Buffer | null {
  const known = points.flatMap(({ value }) => (value === null ? [] : [Math.max(0, value)]));
  const top = Math.max(...known, limit ?? 0);
  if (known.length === 0 || top <= 0) return null;
  const pixels = new Uint8Array(WIDTH * HEIGHT * 3).fill(255);
  const set = (x: number, y: number, colour: Colour) => pixels.set(colour, (y * WIDTH + x) * 3);
  const yOf = (value: number) => HEIGHT - PAD - Math.round((value / top) * (HEIGHT - 2 * PAD));
  const slot = (WIDTH - 2 * PAD) / points.length;
  for (const [i, { value }] of points.entries()) {
    if (value === null || value <= 0) continue;
    const [left, right] = [Math.round(PAD + i * slot), Math.round(PAD + (i + 1) * slot) - (slot > 3 ? 1 : 0)];
    const colour = limit !== null && value > limit ? OVER : BAR;
    for (let y = yOf(value); y < HEIGHT - PAD; y++)
      for (let x = left; x < Math.max(right, left + 1); x++) set(x, y, colour);
  }
  for (let x = PAD; x < WIDTH - PAD; x++) {
    set(x, HEIGHT - PAD, LINE);
    if (limit !== null && x % 10 < 6) set(x, yOf(limit), LINE);
  }
  return png(pixels);
}

/** RGB, 8 bits, no interlace, every line unfiltered. */
function png(pixels: Uint8Array): Buffer {
  const lines = new Uint8Array(HEIGHT * (WIDTH * 3 + 1));
  for (let y = 0; y < HEIGHT; y++)
    lines.set(pixels.subarray(y * WIDTH * 3, (y + 1) * WIDTH * 3), y * (WIDTH * 3 + 1) + 1);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(WIDTH, 0);
  head.writeUInt32BE(HEIGHT, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(lines)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
