import { Worker } from "node:worker_threads";
import { Thread } from "@/lib/thread.ts";
import type { Question } from "./reader.worker.ts";

/**
 * Reads a SQLite file in threads, each with its own connection: however long a query takes, the event loop of the
 * process continues. Queries go to the thread with the fewest; results are plain rows.
 */
export class ThreadedReader {
  readonly #threads: Thread<Question, unknown>[];

  constructor(file: string, count: number) {
    this.#threads = Array.from({ length: count }, () => start(file));
  }

  /** All rows of a statement, or the first (undefined without rows). @throws Error with the `code` of SQLite. */
  ask(text: string, params: readonly unknown[], first: boolean): Promise<unknown> {
    const thread = this.#threads.reduce((a, b) => (a.ended || (!b.ended && b.waiting < a.waiting) ? b : a));
    return thread.ask({ text, params, first });
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }
}

function start(file: string): Thread<Question, unknown> {
  const worker = new Worker(new URL("./reader.worker.ts", import.meta.url), { workerData: { file } });
  return new Thread(worker, "the thread that reads");
}
