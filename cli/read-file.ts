import { readFile } from "node:fs/promises";
import path from "node:path";
import { AppError, errorText } from "@/lib/errors.ts";
import { textOf } from "@/lib/text-file.ts";

/** The text of a file, also of one packed with gzip. @throws AppError `not_found` that says why it cannot be read. */
export async function readFileText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error) => {
    throw new AppError("not_found", `${file} cannot be read: ${errorText(error)}.`, { cause: error });
  });
  return textOf(path.basename(file), bytes);
}
