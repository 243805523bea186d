import { once } from "node:events";
import type { Worker } from "node:worker_threads";

/** Messages sent to a worker thread. */
export interface Asked<Q> {
  readonly id: number;
  readonly question: Q;
}
/** The last message: nothing is asked after it. */
export type End = "end";
/** What it is at may break off; it can be asked again. Only of threads that listen to it. */
export type Stop = "stop";
/** What it says to a question. */
export type Reply<A> =
  | { readonly id: number; readonly answer: A }
  | { readonly id: number; readonly problem: { readonly message: string; readonly code?: string } };

interface Waiting<A> {
  readonly resolve: (answer: A) => void;
  readonly reject: (error: Error) => void;
}

/** A thread that answers questions; while it has none, it keeps no finished process alive. */
export class Thread<Q, A> {
  readonly #worker: Worker;
  readonly #name: string;
  readonly #waiting = new Map<number, Waiting<A>>();
  #nextId = 0;

  /** `name` is for the error of those who wait when it ends: "the thread that …". */
  constructor(worker: Worker, name: string) {
    this.#worker = worker;
    this.#name = name;
    worker.on("message", (reply: Reply<A>) => this.#settle(reply));
    worker.on("error", (error: Error) => this.#fail(error));
    worker.on("exit", () => this.#fail(new Error(`${name} ended`)));
    worker.unref();
  }

  /** How many questions it has not answered yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  get ended(): boolean {
    return this.#worker.threadId < 0;
  }

  /**
   * @param moved memory of the question that the thread takes over: it is not copied, and empty here from then on.
   * @throws Error with what the thread says, and its `code` where there is one; also when the thread ends.
   */
  ask(question: Q, moved: readonly ArrayBuffer[] = []): Promise<A> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      if (this.ended) throw new Error(`${this.#name} ended`);
      // Throws for what cannot be sent.
      this.#worker.postMessage({ id, question } satisfies Asked<Q>, [...moved]);
      this.#waiting.set(id, { resolve, reject });
      this.#worker.ref();
    });
  }

  /** Asks it to break off what it is at, where it can. */
  stop(): void {
    if (!this.ended) this.#worker.postMessage("stop" satisfies Stop);
  }

  /** Lets it answer what it was asked and end by itself: to stop one inside of SQLite can abort the whole process. */
  async end(): Promise<void> {
    if (this.ended) return;
    this.#worker.ref();
    const ended = once(this.#worker, "exit");
    this.#worker.postMessage("end" satisfies End);
    await ended;
  }

  #settle(reply: Reply<A>): void {
    const asked = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ("answer" in reply) asked?.resolve(reply.answer);
    else
      asked?.reject(
        Object.assign(new Error(reply.problem.message), reply.problem.code ? { code: reply.problem.code } : {}),
      );
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
