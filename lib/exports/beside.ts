import { Worker } from "node:worker_threads";
import type { Statement, StatementWorkload } from "@/lib/statements/types.ts";
import { Thread } from "@/lib/thread.ts";
import type { PageOptions } from "./pdf/document.ts";
import type { PdfPart } from "./pdf/period.ts";
import type { PdfOptions } from "./pdf/statement.ts";
import type { Order, Part } from "./statement.worker.ts";
import type { WorkbookPart } from "./xlsx/tables.ts";

const place = globalThis as unknown as { documents?: Thread<Order, Uint8Array> | undefined };

/** statementPdf in a thread of its own: a thousand lines are laid out for seconds, and a server has to answer meanwhile. */
export const statementPdfBeside = (statement: Statement, options: PdfOptions = {}): Promise<Uint8Array> =>
  make({ format: "pdf", statement, options });

/** statementXlsx there. */
export const statementXlsxBeside = async (part: WorkbookPart): Promise<Uint8Array> =>
  make({ format: "xlsx", part: await whole(part) });

/** periodPdf there. */
export const periodPdfBeside = (
  parts: readonly PdfPart[],
  whose: string,
  page: PageOptions = {},
): Promise<Uint8Array> => make({ format: "period-pdf", parts, whose, page });

/** periodXlsx there. */
export async function periodXlsxBeside(parts: readonly WorkbookPart[]): Promise<Uint8Array> {
  const read: Part[] = [];
  for (const part of parts) read.push(await whole(part));
  return make({ format: "period-xlsx", parts: read });
}

/** What a thread can be given: every page of the workloads. */
async function whole({ statement, workloads }: WorkbookPart): Promise<Part> {
  const pages: StatementWorkload[][] = [];
  for await (const page of workloads) pages.push([...page]);
  return { statement, workloads: pages };
}

/** @throws Error with what went wrong, also when the thread ends: the next document starts another. */
function make(order: Order): Promise<Uint8Array> {
  if (!place.documents || place.documents.ended) {
    const worker = new Worker(new URL("./statement.worker.ts", import.meta.url));
    place.documents = new Thread(worker, "the thread that makes documents");
  }
  return place.documents.ask(order);
}
