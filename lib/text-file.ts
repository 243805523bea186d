import { gunzipSync } from "node:zlib";
import { AppError } from "./errors.ts";

/** What a file may hold unpacked, in bytes, unless its reader allows less. */
export const MOST_UNPACKED = 64 * 1024 * 1024;
const MIB = 1024 * 1024;

/** Files that people mean to be text, by how they begin, and what to do. */
const OTHER: readonly (readonly [readonly number[], string])[] = [
  [[0x1f, 0x8b], "packed twice: unpack it once"],
  [[0x50, 0x4b, 0x03, 0x04], "a workbook or a ZIP archive: save it as CSV, or unpack it"],
  [[0xd0, 0xcf, 0x11, 0xe0], "a workbook: save it as CSV"],
  [[0x50, 0x41, 0x52, 0x31], "a Parquet file: export it as CSV"],
  [[0x25, 0x50, 0x44, 0x46], "a PDF: export it as CSV"],
];

/**
 * The text of a file, also of one that is packed with gzip: UTF-8, or UTF-16 where it begins with its mark.
 * @param most bytes that it may hold once it is unpacked. @throws AppError `invalid` for what cannot be unpacked, is too large, or is no text.
 */
export function textOf(name: string, bytes: Uint8Array, most = MOST_UNPACKED): string {
  const plain = unpacked(name, bytes, most);
  const other = OTHER.find(([start]) => start.every((byte, i) => plain[i] === byte));
  if (other) throw new AppError("invalid", `${name} is ${other[1]}.`);
  const encoding =
    plain[0] === 0xff && plain[1] === 0xfe ? "utf-16le" : plain[0] === 0xfe && plain[1] === 0xff ? "utf-16be" : "utf-8";
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(plain);
    if (!text.includes("\u0000")) return text;
  } catch (error) {
    throw new AppError(
      "invalid",
      `${name} is not text in UTF-8: save it as UTF-8, or as "CSV UTF-8" in a spreadsheet.`,
      {
        cause: error,
      },
    );
  }
  throw new AppError("invalid", `${name} is no text, or UTF-16 without its mark: save it as UTF-8.`);
}

function unpacked(name: string, bytes: Uint8Array, most: number): Uint8Array {
  const tooLarge = (size: string) =>
    new AppError(
      "invalid",
      `${name} is larger than ${most / MIB >= 1 ? `${Math.floor(most / MIB)} MiB` : `${Math.floor(most / 1024)} KiB`}${size}.`,
    );
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
    if (bytes.length > most) throw tooLarge("");
    return bytes;
  }
  try {
    return gunzipSync(bytes, { maxOutputLength: most });
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(" once it is unpacked");
    throw new AppError("invalid", `${name} cannot be unpacked.`, { cause: error });
  }
}
