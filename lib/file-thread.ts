import { once } from "node:events";
import { parentPort, type Worker } from "node:worker_threads";
import pLimit from "p-limit";
import { AppError, type ErrorCode, errorText } from "./errors.ts";

const MOST_MS = 120_000;
/** A file of fewer bytes is read where it is: it takes less than a thread takes to start. */
const SMALL = 16 * 1024;
/** Items of a list in one message: more would hold up the receiver. */
const PART = 1_000;

/** Set by a thread that does whole acts (lib/acts): it reads files itself, for a second thread would take memory for nothing. */
export const actThread = { isHere: false };

/** Whether a file is read where it is. Bytes that are packed by gzip may be any number once they are unpacked. */
export const isSmall = (bytes: Uint8Array): boolean =>
  actThread.isHere || (bytes.length <= SMALL && !(bytes[0] === 0x1f && bytes[1] === 0x8b));

type Message<T, Rest> =
  | { readonly part: readonly T[] }
  | { readonly rest: Rest }
  | { readonly problem: { readonly code: ErrorCode; readonly message: string } };

/** One file at a time: what they take does not add up. */
const turns = pLimit(1);

/**
 * Reads a file in a thread of its own, which ends afterwards.
 * @param start starts the thread, with limits on its memory (bundlers find it by a literal address and options).
 * @param question the message that it gets.
 * @throws AppError as the reader does; `invalid` where the file takes more memory or time than one may.
 */
export function readInThread<T, Rest>(start: () => Worker, question: unknown): Promise<{ items: T[]; rest: Rest }> {
  return turns(async () => {
    const worker = start();
    const items: T[] = [];
    const timer = setTimeout(() => void worker.terminate(), MOST_MS);
    try {
      return await new Promise<{ items: T[]; rest: Rest }>((resolve, reject) => {
        worker.on("message", (message: Message<T, Rest>) => {
          if ("part" in message) for (const item of message.part) items.push(item);
          else if ("rest" in message) resolve({ items, rest: message.rest });
          else reject(new AppError(message.problem.code, message.problem.message));
        });
        worker.on("error", (error: Error & { code?: string }) => reject(refusal(error)));
        worker.on("exit", () =>
          reject(
            new AppError(
              "invalid",
              "Nothing was imported: the file takes too long to read. Split it, and import the parts.",
            ),
          ),
        );
        worker.postMessage(question);
      });
    } finally {
      clearTimeout(timer);
      await worker.terminate();
    }
  });
}

const refusal = (error: Error & { code?: string }): Error =>
  error.code === "ERR_WORKER_OUT_OF_MEMORY"
    ? new AppError(
        "invalid",
        "Nothing was imported: the file takes too much memory to read. Split it, and import the parts.",
      )
    : error;

/** The other side, in the thread: answers one question. @param read throws AppError for what is wrong with the file. */
export async function answerInThread<Q, T, Rest>(
  read: (question: Q) => { readonly items: readonly T[]; readonly rest: Rest },
): Promise<void> {
  const port = parentPort;
  if (!port) return;
  const [question] = (await once(port, "message")) as [Q];
  const send = (message: Message<T, Rest>) => port.postMessage(message);
  try {
    const { items, rest } = read(question);
    for (let i = 0; i < items.length; i += PART) send({ part: items.slice(i, i + PART) });
    send({ rest });
  } catch (error) {
    const known = error instanceof AppError && error.code !== "internal";
    send({ problem: { code: known ? error.code : "internal", message: errorText(error) } });
  }
}
