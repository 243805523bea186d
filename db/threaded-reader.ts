import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { End, Question, Reply } from "./reader.worker.ts";

interface Waiting {
  readonly resolve: (rows: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

/**
 * Reads of a SQLite file in threads, each with a connection of its own: however long a question takes, the event loop of the
 * process that asked goes on. Questions go to the thread with the fewest; answers come back as plain rows.
 */
export class ThreadedReader {
  readonly #threads: Thread[];
  #nextId = 0;

  constructor(file: string, count: number) {
    this.#threads = Array.from({ length: count }, () => start(file));
  }

  /** All rows of a statement, or the first (undefined when there is none). @throws Error with SQLite's `code`. */
  ask(text: string, params: readonly unknown[], first: boolean): Promise<unknown> {
    const thread = this.#threads.reduce((a, b) => (b.waiting.size < a.waiting.size ? b : a));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      thread.waiting.set(id, { resolve, reject });
      thread.worker.ref();
      thread.worker.postMessage({ id, text, params, first } satisfies Question);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => end(worker)));
  }
}

/** Lets a thread answer what it was asked and end by itself: to stop one inside of SQLite can abort the whole process. */
async function end(worker: Worker): Promise<void> {
  if (worker.threadId < 0) return;
  worker.ref();
  const ended = once(worker, "exit");
  worker.postMessage("end" satisfies End);
  await ended;
}

function start(file: string): Thread {
  const worker = new Worker(new URL("./reader.worker.ts", import.meta.url), { workerData: { file } });
  const waiting = new Map<number, Waiting>();
  worker.on("message", ({ id, rows, error }: Reply) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    // An idle thread must not keep a finished process alive.
    if (waiting.size === 0) worker.unref();
    if (error) asked?.reject(Object.assign(new Error(error.message), { code: error.code }));
    else asked?.resolve(rows);
  });
  const fail = (error: Error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on("error", fail);
  worker.on("exit", () => fail(new Error("the reading thread ended")));
  worker.unref();
  return { worker, waiting };
}
