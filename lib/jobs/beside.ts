import { Worker } from "node:worker_threads";
import { openDb } from "@/db/client.ts";
import { exposureWarning } from "@/db/file-access.ts";
import { createFirstAdminSecret } from "@/lib/auth/first-admin.ts";
import { type AuthSettings, authSettings } from "@/lib/auth/settings.ts";
import { systemNow } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { errorText } from "@/lib/errors.ts";
import { createLog } from "@/lib/log.ts";
import { checkLedger } from "./ledger.ts";

/**
 * Checks the settings, the sources and the database before anything is served. If one is wrong, the process ends with
 * one message. @returns how people sign in; null: they do not.
 */
export async function checkStart(): Promise<{ readonly auth: AuthSettings | null }> {
  try {
    const auth = authSettings(env());
    await checkLedger(env(), createLog("error"));
    const warning = exposureWarning(env().DATABASE_URL);
    if (warning) createLog("warn").warn(warning);
    if (auth) await inviteFirstAdmin(auth);
    return { auth };
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n`);
    process.exit(1);
  }
}

/** Prints the link that creates the first administrator, while nobody is one: on the console of the person who runs the server, and nowhere else. */
async function inviteFirstAdmin({ url }: AuthSettings): Promise<void> {
  const db = await openDb(env().DATABASE_URL);
  try {
    const secret = await createFirstAdminSecret({ db, now: systemNow, log: createLog("warn") });
    if (secret)
      process.stdout.write(
        `\nThis ledger has no administrator yet. Open this link within a day to make the first one; it works once:\n  ${url}/welcome?code=${secret}\n\n`,
      );
  } finally {
    await db.close();
  }
}

const RESTART_MS = 5_000;
/** `gpuLedgerWork`: what the end of the server waits for (scripts/stop-door.mjs). */
const place = globalThis as unknown as {
  ledgerJobs?: Worker | undefined;
  ledgerStopping?: boolean;
  gpuLedgerWork?: Promise<unknown>[];
};

/**
 * Runs the scheduled work in a thread of its own, so that metering never delays a page. A thread that fails is
 * restarted. When the server is asked to stop, so is the thread: it ends its step and releases its leases.
 */
export function startBeside(): void {
  const log = createLog("info");
  if (!env().SCHEDULER || place.ledgerJobs || place.ledgerStopping) return;
  const worker = new Worker(new URL("./jobs.worker.ts", import.meta.url));
  place.ledgerJobs = worker;
  // Not `once` of node:events: it rejects when the thread fails, and nobody waits for it until the server stops.
  place.gpuLedgerWork = [new Promise<void>((ended) => worker.once("exit", () => ended()))];
  if (place.ledgerStopping === undefined) stopWithServer();
  worker.on("error", (error) =>
    log.error({ error: errorText(error) }, "the scheduled work failed and will be restarted"),
  );
  worker.on("exit", () => {
    place.ledgerJobs = undefined;
    setTimeout(startBeside, RESTART_MS).unref();
  });
}

function stopWithServer(): void {
  place.ledgerStopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => {
      place.ledgerStopping = true;
      place.ledgerJobs?.postMessage("stop");
    });
}
