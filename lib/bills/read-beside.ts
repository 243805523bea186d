import { Worker } from "node:worker_threads";
import { isSmall, readInThread } from "@/lib/file-thread.ts";
import { type BillQuestion, type ReadBill, readBillFile } from "./read.ts";
import type { BillLine } from "./types.ts";

/** readBillFile; a larger file is read in a thread, so that a server answers meanwhile. */
export async function readBillBeside(asked: BillQuestion): Promise<ReadBill> {
  // Prices are many, and none is looked at.
  const { book, ...context } = asked.context;
  const question: BillQuestion = { ...asked, context: { ...context, book: { ...book, prices: [] } } };
  if (isSmall(asked.bytes)) return readBillFile(question);
  const start = () =>
    new Worker(new URL("./read.worker.ts", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 160, maxYoungGenerationSizeMb: 32 },
    });
  const { items, rest } = await readInThread<BillLine, Omit<ReadBill, "lines">>(start, question);
  return { ...rest, lines: items };
}
