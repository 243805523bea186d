import { parentPort, workerData } from "node:worker_threads";
import { openConnection, Statements } from "./connection.ts";

/** A question from threaded-reader.ts: one statement, all its rows or the first. */
export interface Question {
  readonly id: number;
  readonly text: string;
  readonly params: readonly unknown[];
  readonly first: boolean;
}
export interface Reply {
  readonly id: number;
  readonly rows?: unknown;
  readonly error?: { readonly message: string; readonly code: string };
}

const connection = openConnection((workerData as { file: string }).file, true);
const statements = new Statements(connection);

parentPort?.on("message", ({ id, text, params, first }: Question) => {
  try {
    const statement = statements.get(text);
    const rows = first ? statement.get(...params) : statement.all(...params);
    parentPort?.postMessage({ id, rows } satisfies Reply);
  } catch (error) {
    const { message, code } = error as { message: string; code?: string };
    parentPort?.postMessage({ id, error: { message, code: code ?? "" } } satisfies Reply);
  }
});
