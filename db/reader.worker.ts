import { parentPort, workerData } from "node:worker_threads";
import { openConnection, Statements } from "./connection.ts";

/** From threaded-reader.ts: one statement, all its rows or the first. */
export interface Question {
  readonly id: number;
  readonly text: string;
  readonly params: readonly unknown[];
  readonly first: boolean;
}
/** The last message: nothing is asked after it. */
export type End = "end";
export interface Reply {
  readonly id: number;
  readonly rows?: unknown;
  readonly error?: { readonly message: string; readonly code: string };
}

const connection = openConnection((workerData as { file: string }).file, true);
const statements = new Statements(connection);

parentPort?.on("message", (message: Question | End) => {
  if (message === "end") {
    connection.close();
    parentPort?.close();
    return;
  }
  const { id, text, params, first } = message;
  try {
    const statement = statements.get(text);
    const rows = first ? statement.get(...params) : statement.all(...params);
    parentPort?.postMessage({ id, rows } satisfies Reply);
  } catch (error) {
    const { message: said, code } = error as { message: string; code?: string };
    parentPort?.postMessage({ id, error: { message: said, code: code ?? "" } } satisfies Reply);
  }
});
