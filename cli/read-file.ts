import { readFile } from "node:fs/promises";
import path from "node:path";
import { AppError, errorText } from "@/lib/errors.ts";
import { textOf } from "@/lib/text-file.ts";

/** A file as it is. @throws AppError `not_found` that says why it cannot be read. */
export async function readFileBytes(file: string): Promise<Uint8Array> {
  return readFile(file).catch((error) => {
    throw new AppError("not_found", `${file} cannot be read: ${errorText(error)}.`, { cause: error });
  });
}

/** The text of a file, also of one packed with gzip. @throws AppError as readFileBytes and textOf. */
export const readFileText = async (file: string): Promise<string> =>
  textOf(path.basename(file), await readFileBytes(file));
