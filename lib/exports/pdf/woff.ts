import { inflateSync } from "node:zlib";

const SFNT_HEAD = 12;
const SFNT_ENTRY = 16;
const WOFF_HEAD = 44;
const WOFF_ENTRY = 20;

/**
 * A WOFF font as TrueType or OpenType, which is the same tables inflated; any other font as it is. The PDF takes WOFF, too,
 * but inflates it again for each document, in JavaScript: laying out takes twice as long.
 */
export function unpackWoff(font: Buffer): Buffer {
  if (font.toString("latin1", 0, 4) !== "wOFF") return font;
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
