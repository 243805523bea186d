import { parentPort } from "node:worker_threads";
import { errorText } from "@/lib/errors.ts";
import type { Statement, StatementWorkload } from "@/lib/statements/types.ts";
import type { Asked, Reply } from "@/lib/thread.ts";
import type { PageOptions } from "./pdf/document.ts";
import { type PdfPart, periodPdf } from "./pdf/period.ts";
import { type PdfOptions, statementPdf } from "./pdf/statement.ts";
import { periodXlsx, statementXlsx } from "./xlsx/xlsx.ts";

/** Statements with their workloads, page by page. */
export interface Part {
  readonly statement: Statement;
  readonly workloads: readonly StatementWorkload[][];
}

/** A document that is to be made: of one statement, or of several whose workloads are those that cost most. */
export type Order =
  | { readonly format: "pdf"; readonly statement: Statement; readonly options: PdfOptions }
  | { readonly format: "xlsx"; readonly part: Part }
  | {
      readonly format: "period-pdf";
      readonly parts: readonly PdfPart[];
      readonly whose: string;
      readonly page: PageOptions;
    }
  | { readonly format: "period-xlsx"; readonly parts: readonly Part[] };
function make(order: Order): Promise<Buffer> {
  switch (order.format) {
    case "pdf":
      return statementPdf(order.statement, order.options);
    case "xlsx":
      return statementXlsx(order.part.statement, pages(order.part.workloads));
    case "period-pdf":
      return periodPdf(order.parts, order.whose, order.page);
    case "period-xlsx":
      return periodXlsx(order.parts.map((part) => ({ ...part, workloads: pages(part.workloads) })));
  }
}

async function* pages(workloads: readonly StatementWorkload[][]): AsyncGenerator<StatementWorkload[]> {
  yield* workloads;
}

const port = parentPort;
port?.on("message", async ({ id, question }: Asked<Order>) => {
  try {
    const answer = new Uint8Array(await make(question));
    port.postMessage({ id, answer } satisfies Reply<Uint8Array>, [answer.buffer]);
  } catch (error) {
    port.postMessage({ id, problem: { message: errorText(error) } } satisfies Reply<Uint8Array>);
  }
});
