import { gunzipSync } from "node:zlib";
import { AppError } from "./errors.ts";

/** What a file may hold unpacked, in bytes, unless its reader allows less. */
export const MOST_UNPACKED = 64 * 1024 * 1024;
const MIB = 1024 * 1024;

/**
 * The text of a file, also of one that is packed with gzip: UTF-8, or UTF-16 where it begins with its mark.
 * @param most bytes that it may hold once it is unpacked. @throws AppError `invalid` for what cannot be unpacked, is too large, or is no text.
 */
export function textOf(name: string, bytes: Uint8Array, most = MOST_UNPACKED): string {
  const plain = unpacked(name, bytes, most);
  const encoding =
    plain[0] === 0xff && plain[1] === 0xfe ? "utf-16le" : plain[0] === 0xfe && plain[1] === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(plain);
  } catch (error) {
    throw new AppError(
      "invalid",
      `${name} is not text in UTF-8: save it as UTF-8, or as "CSV UTF-8" in a spreadsheet.`,
      {
        cause: error,
      },
    );
  }
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
