import { inflateSync } from "node:zlib";
import { AppError } from "@/lib/errors.ts";

const WOFF = 0x774f4646;
const WOFF2 = 0x774f4632;
const SFNT_HEAD = 12;
const SFNT_ENTRY = 16;
const WOFF_HEAD = 44;
const WOFF_ENTRY = 20;

/**
 * A font as TrueType or OpenType; WOFF is the same tables, deflated.
 * @throws AppError `invalid` naming the font when it is WOFF2, which documents cannot embed.
 */
export function toSfnt(font: Buffer, name: string): Buffer {
  const magic = font.readUInt32BE(0);
  if (magic === WOFF2)
    throw new AppError("invalid", `The font ${name} is WOFF2: documents take TrueType, OpenType or WOFF fonts.`);
  if (magic !== WOFF) return font;
  const count = font.readUInt16BE(12);
  const power = 2 ** Math.floor(Math.log2(count));
  const head = Buffer.alloc(SFNT_HEAD + count * SFNT_ENTRY);
  head.writeUInt32BE(font.readUInt32BE(4), 0);
  head.writeUInt16BE(count, 4);
  head.writeUInt16BE(power * 16, 6);
  head.writeUInt16BE(Math.log2(power), 8);
  head.writeUInt16BE((count - power) * 16, 10);
  const tables: Buffer[] = [];
  let offset = head.length;
  for (let i = 0; i < count; i++) {
    const from = WOFF_HEAD + i * WOFF_ENTRY;
    const to = SFNT_HEAD + i * SFNT_ENTRY;
    const at = font.readUInt32BE(from + 4);
    const [packed, length] = [font.readUInt32BE(from + 8), font.readUInt32BE(from + 12)];
    const data = font.subarray(at, at + packed);
    const padding = Buffer.alloc(-length & 3);
    tables.push(packed < length ? inflateSync(data) : data, padding);
    // Tag, checksum, offset, length.
    font.copy(head, to, from, from + 4);
    head.writeUInt32BE(font.readUInt32BE(from + 16), to + 4);
    head.writeUInt32BE(offset, to + 8);
    head.writeUInt32BE(length, to + 12);
    offset += length + padding.length;
  }
  return Buffer.concat([head, ...tables]);
}

/** The table that says which glyph shows which character. */
function cmapOf(font: Buffer, name: string): Buffer {
  const count = font.readUInt16BE(4);
  for (let at = SFNT_HEAD; at < SFNT_HEAD + count * SFNT_ENTRY; at += SFNT_ENTRY)
    if (font.toString("latin1", at, at + 4) === "cmap") return font.subarray(font.readUInt32BE(at + 8));
  throw new AppError("invalid", `The font ${name} does not say which characters it has.`);
}

/** Format 4: segments of the first 65,536 code points. */
function* segments(table: Buffer): Generator<number> {
  const count = table.readUInt16BE(6) / 2;
  const at = (array: number, i: number) => 14 + array * count * 2 + (array ? 2 : 0) + i * 2;
  for (let i = 0; i < count; i++) {
    const end = table.readUInt16BE(at(0, i));
    const start = table.readUInt16BE(at(1, i));
    const delta = table.readUInt16BE(at(2, i));
    const rangeAt = at(3, i);
    const range = table.readUInt16BE(rangeAt);
    for (let code = start; code <= end && code < 0xffff; code++) {
      const place = rangeAt + range + (code - start) * 2;
      const glyph = range === 0 ? code : place + 1 < table.length ? table.readUInt16BE(place) : 0;
      if (glyph !== 0 && ((glyph + delta) & 0xffff) !== 0) yield code;
    }
  }
}

/** Format 12: groups of any code points. */
function* groups(table: Buffer): Generator<number> {
  const count = table.readUInt32BE(12);
  for (let i = 0; i < count; i++) {
    const at = 16 + i * 12;
    const [start, end, glyph] = [table.readUInt32BE(at), table.readUInt32BE(at + 4), table.readUInt32BE(at + 8)];
    for (let code = start; code <= end; code++) if (glyph + (code - start) !== 0) yield code;
  }
}

/** The code points that a TrueType or OpenType font has a glyph for. @throws AppError `invalid` naming the font. */
export function coverageOf(font: Buffer, name: string): ReadonlySet<number> {
  const cmap = cmapOf(font, name);
  const found = new Set<number>();
  const count = cmap.readUInt16BE(2);
  for (let i = 0; i < count; i++) {
    const table = cmap.subarray(cmap.readUInt32BE(4 + i * 8 + 4));
    const format = table.readUInt16BE(0);
    const codes = format === 4 ? segments(table) : format === 12 ? groups(table) : [];
    for (const code of codes) found.add(code);
  }
  return found;
}
