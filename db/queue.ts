import { AppError } from "@/lib/errors.ts";

/** Runs one body at a time, in the order of calls; a body that fails does not stop the next. */
export class Queue {
  #tail: Promise<unknown> = Promise.resolve();
  run<T>(body: () => Promise<T>): Promise<T> {
    const next = this.#tail.then(body, body);
    this.#tail = next.catch(() => undefined);
    return next;
  }
}

const BUSY_WAIT_MS = 30_000;

/**
 * Runs `body` again, without blocking this process, while another process holds the lock of the SQLite file.
 * @throws AppError `conflict` if it is still held after `mostMs`; any other error of `body` unchanged.
 */
export async function whenFree<T>(body: () => T, mostMs = BUSY_WAIT_MS): Promise<T> {
  const deadline = performance.now() + mostMs;
  for (let wait = 1; ; wait = Math.min(50, wait * 2)) {
    try {
      return body();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() > deadline)
        throw new AppError(
          "conflict",
          `Another process has held the database's write lock for ${mostMs / 1000} s. Try again when it is done.`,
          { cause: error },
        );
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

export function isBusy(error: unknown): boolean {
  return String((error as { code?: unknown }).code).startsWith("SQLITE_BUSY");
}
