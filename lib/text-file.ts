import { gunzipSync } from "node:zlib";
import { AppError } from "./errors.ts";

/** The text of a file, also of one that is packed with gzip. @throws AppError `invalid` for what cannot be unpacked. */
export function textOf(name: string, bytes: Uint8Array): string {
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    return new TextDecoder().decode(packed ? gunzipSync(bytes) : bytes);
  } catch (error) {
    throw new AppError("invalid", `${name} cannot be unpacked.`, { cause: error });
  }
}
