import { Worker } from "node:worker_threads";
import type { Statement, StatementWorkload } from "@/lib/chargeback/types";
import type { PdfPart } from "./pdf/period.ts";
import type { PdfOptions } from "./pdf/statement.ts";
import type { Answer, Asked, Order, Part } from "./statement.worker.ts";
import type { WorkbookPart } from "./xlsx-tables.ts";

interface Waiting {
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

const place = globalThis as unknown as { documents?: Thread | undefined };
let nextId = 0;

/** statementPdf in a thread of its own: a thousand lines are laid out for seconds, and a server has to answer meanwhile. */
export const statementPdfBeside = (statement: Statement, options: PdfOptions = {}): Promise<Uint8Array> =>
  make({ format: "pdf", statement, options });

/** statementXlsx there. */
export const statementXlsxBeside = async (part: WorkbookPart): Promise<Uint8Array> =>
  make({ format: "xlsx", part: await whole(part) });

/** periodPdf there. */
export const periodPdfBeside = (parts: readonly PdfPart[], whose: string): Promise<Uint8Array> =>
  make({ format: "period-pdf", parts, whose });

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

/** @throws Error with what went wrong, also when the thread ends. */
function make(order: Order): Promise<Uint8Array> {
  place.documents ??= start();
  const { worker, waiting } = place.documents;
  const id = nextId++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.ref();
    worker.postMessage({ id, order } satisfies Asked);
  });
}

function start(): Thread {
  const worker = new Worker(new URL("./statement.worker.ts", import.meta.url));
  const waiting = new Map<number, Waiting>();
  worker.on("message", ({ id, made }: Answer) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    // An idle thread must not keep a finished process alive.
    if (waiting.size === 0) worker.unref();
    if ("problem" in made) asked?.reject(new Error(made.problem));
    else asked?.resolve(made.bytes);
  });
  const fail = (error: Error) => {
    place.documents = undefined;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on("error", fail);
  worker.on("exit", () => fail(new Error("the thread that makes documents ended")));
  worker.unref();
  return { worker, waiting };
}
