import { Worker } from "node:worker_threads";
import { isSmall, readInThread } from "@/lib/file-thread.ts";
import type { CostContext, CostLine } from "./file.ts";
import { type CostQuestion, type ReadCosts, readCostFile } from "./read.ts";

export interface CostUpload {
  readonly name: string;
  /** Its text, or its bytes, also packed with gzip. */
  readonly text: string | Uint8Array;
}

/** readCostFile; a larger file is read in a thread, so that a server answers meanwhile. */
export async function readCostFileBeside({ name, text }: CostUpload, context: CostContext): Promise<ReadCosts> {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  // Prices are many, and none is looked at.
  const question: CostQuestion = { name, bytes, context: { ...context, book: { ...context.book, prices: [] } } };
  if (isSmall(bytes)) return readCostFile(question);
  const start = () =>
    new Worker(new URL("./read.worker.ts", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 160, maxYoungGenerationSizeMb: 32 },
    });
  const { items, rest } = await readInThread<CostLine, Omit<ReadCosts, "lines">>(start, question);
  return { ...rest, lines: items };
}
