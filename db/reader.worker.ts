import { parentPort, workerData } from "node:worker_threads";
import type { Asked, End, Reply } from "@/lib/thread.ts";
import { openConnection, Statements } from "./connection.ts";

/** One statement: all its rows, or the first. */
export interface Question {
  readonly text: string;
  readonly params: readonly unknown[];
  readonly first: boolean;
}

const connection = openConnection((workerData as { file: string }).file, true);
const statements = new Statements(connection);

parentPort?.on("message", (message: Asked<Question> | End) => {
  if (message === "end") {
    connection.close();
    parentPort?.close();
    return;
  }
  const { id, question } = message;
  try {
    const { first, text, params } = question;
    const answer = first ? statements.first(text, params) : statements.all(text, params);
    parentPort?.postMessage({ id, answer } satisfies Reply<unknown>);
  } catch (error) {
    const { message: said, code } = error as { message: string; code?: string };
    parentPort?.postMessage({ id, problem: { message: said, code: code ?? "" } } satisfies Reply<unknown>);
  }
});
