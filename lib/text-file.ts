import { gunzipSync } from "node:zlib";
import { AppError } from "./errors.ts";

/** Unpacked, a file is no larger. */
const MOST_BYTES = 64 * 1024 * 1024;

/** The text of a file, also of one that is packed with gzip. @throws AppError `invalid` for what cannot be unpacked, or is too large. */
export function textOf(name: string, bytes: Uint8Array): string {
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    return new TextDecoder().decode(packed ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : bytes);
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE")
      throw new AppError("invalid", `${name} is larger than ${MOST_BYTES / 1024 / 1024} MiB once it is unpacked.`);
    throw new AppError("invalid", `${name} cannot be unpacked.`, { cause: error });
  }
}
