import { createHash } from "node:crypto";
import { AppError } from "@/lib/errors.ts";
import { textOf } from "@/lib/text-file.ts";
import { readCostCsv } from "./csv.ts";
import type { CostContext, CostFile } from "./file.ts";
import { isFocus, readFocus } from "./focus.ts";

/** What a thread is asked. */
export interface CostQuestion {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly context: CostContext;
}

export type ReadCosts = CostFile & {
  /** Of its text: the same file has the same. */
  readonly hash: string;
};

/** More than a year of one team's rows; a larger file is split. */
const MOST_BYTES = 32 * 1024 * 1024;
/** Lines that are charged day by day; rows of FOCUS are summed to fewer. */
const MOST_LINES = 25_000;

/** Cost lines of a file of either format. Pure. @throws AppError `invalid` that lists what is wrong. */
export function readCostFile({ name, bytes, context }: CostQuestion): ReadCosts {
  const text = textOf(name, bytes, MOST_BYTES);
  const file = isFocus(text) ? readFocus(text, context) : readCostCsv(text, context);
  if (file.lines.length > MOST_LINES)
    throw new AppError("invalid", `${name} has more than ${MOST_LINES} lines: import it in parts.`);
  return { ...file, hash: createHash("sha256").update(text).digest("hex").slice(0, 32) };
}
