import { createHash } from "node:crypto";
import { Worker } from "node:worker_threads";
import { AppError } from "@/lib/errors.ts";
import { FILE_THREAD, isSmall, readInThread } from "@/lib/file-thread.ts";
import { textOf } from "@/lib/text-file.ts";
import { readCostCsv } from "./csv.ts";
import type { CostContext, CostFile, CostLine } from "./file.ts";
import { isFocus, readFocus } from "./focus.ts";

export interface CostUpload {
  readonly name: string;
  /** Its text, or its bytes, also packed with gzip. */
  readonly text: string | Uint8Array;
}

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
const MOST_LINES = 100_000;

/** Cost lines of a file of either format. Pure. @throws AppError `invalid` that lists what is wrong. */
export function readCostFile({ name, bytes, context }: CostQuestion): ReadCosts {
  const text = textOf(name, bytes, MOST_BYTES);
  const file = isFocus(text) ? readFocus(text, context) : readCostCsv(text, context);
  if (file.lines.length > MOST_LINES)
    throw new AppError("invalid", `${name} has more than ${MOST_LINES} lines: import it in parts.`);
  return { ...file, hash: createHash("sha256").update(text).digest("hex").slice(0, 32) };
}

/** readCostFile; a larger file is read in a thread, so that a server answers meanwhile. */
export async function readCostFileBeside({ name, text }: CostUpload, context: CostContext): Promise<ReadCosts> {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  // Prices are many, and none is looked at.
  const question: CostQuestion = { name, bytes, context: { ...context, book: { ...context.book, prices: [] } } };
  if (isSmall(bytes)) return readCostFile(question);
  const start = () => new Worker(new URL("./read.worker.ts", import.meta.url), FILE_THREAD);
  const { items, rest } = await readInThread<CostLine, Omit<ReadCosts, "lines">>(start, question);
  return { ...rest, lines: items };
}
