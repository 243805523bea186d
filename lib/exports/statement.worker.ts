import { parentPort } from "node:worker_threads";
import type { Statement, StatementWorkload } from "@/lib/chargeback/types";
import { errorText } from "@/lib/errors";
import { type PdfOptions, statementPdf } from "./pdf/statement.ts";
import { statementXlsx } from "./xlsx.ts";

/** A document of a statement that is to be made. */
export type Order =
  | { readonly format: "pdf"; readonly statement: Statement; readonly options: PdfOptions }
  | { readonly format: "xlsx"; readonly statement: Statement; readonly workloads: readonly StatementWorkload[][] };
export interface Asked {
  readonly id: number;
  readonly order: Order;
}
export interface Answer {
  readonly id: number;
  readonly made: Made;
}
type Made = { readonly bytes: Uint8Array } | { readonly problem: string };

async function make(order: Order): Promise<Buffer> {
  if (order.format === "pdf") return statementPdf(order.statement, order.options);
  return statementXlsx(order.statement, pages(order.workloads));
}

async function* pages(workloads: readonly StatementWorkload[][]): AsyncGenerator<StatementWorkload[]> {
  yield* workloads;
}

const port = parentPort;
port?.on("message", async ({ id, order }: Asked) => {
  try {
    const bytes = new Uint8Array(await make(order));
    port.postMessage({ id, made: { bytes } } satisfies Answer, [bytes.buffer]);
  } catch (error) {
    port.postMessage({ id, made: { problem: errorText(error) } } satisfies Answer);
  }
});
