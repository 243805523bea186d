import { Worker } from "node:worker_threads";
import { env } from "@/lib/env.ts";
import { errorText } from "@/lib/errors.ts";
import { createLog } from "@/lib/log.ts";
import { isProvided } from "@/lib/sources/index.ts";
import { checkLedger } from "./ledger.ts";

/**
 * Checks the settings, the sources and the database before anything is served. If one is wrong, the process ends with
 * one message.
 */
export async function checkStart(): Promise<void> {
  try {
    await checkLedger(env(), createLog("error"));
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n`);
    process.exit(1);
  }
}

const RESTART_MS = 5_000;
const place = globalThis as unknown as { ledgerJobs?: Worker };

/**
 * Runs the scheduled work in a thread of its own, so that metering never delays a page. A thread that fails is
 * restarted.
 */
export function startBeside(): void {
  const log = createLog("info");
  if (!env().SCHEDULER || !isProvided("inventory", env()) || place.ledgerJobs) return;
  const worker = new Worker(new URL("./jobs.worker.ts", import.meta.url));
  place.ledgerJobs = worker;
  worker.on("error", (error) =>
    log.error({ error: errorText(error) }, "the scheduled work failed and will be restarted"),
  );
  worker.on("exit", () => {
    place.ledgerJobs = undefined as unknown as Worker;
    setTimeout(startBeside, RESTART_MS).unref();
  });
}
