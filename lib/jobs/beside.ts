import { Worker } from "node:worker_threads";
import { openDb } from "@/db/client.ts";
import { createFirstAdminSecret } from "@/lib/auth/first-admin.ts";
import { type AuthSettings, authSettings } from "@/lib/auth/settings.ts";
import { systemNow } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { errorText } from "@/lib/errors.ts";
import { createLog } from "@/lib/log.ts";
import { checkLedger } from "./ledger.ts";

/** Checks settings and database before anything is served. The process ends with one message when they are wrong. */
export async function checkStart(): Promise<void> {
  try {
    const auth = authSettings(env());
    await checkLedger(env());
    if (auth) await inviteFirstAdmin(auth);
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n`);
    process.exit(1);
  }
}

/** Prints the link that makes the first administrator, while there is none: on the console of whoever runs the server, and nowhere else. */
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
const place = globalThis as unknown as { ledgerJobs?: Worker };

/**
 * Runs the scheduled work in a thread of its own, so that metering never delays a page. A thread that fails is started again.
 */
export function startBeside(): void {
  const log = createLog("info");
  const { SCHEDULER, RUNAI_URL } = env();
  if (!SCHEDULER || !RUNAI_URL || place.ledgerJobs) return;
  const worker = new Worker(new URL("./jobs.worker.ts", import.meta.url));
  place.ledgerJobs = worker;
  worker.on("error", (error) => log.error({ error: errorText(error) }, "the scheduled work failed and starts again"));
  worker.on("exit", () => {
    place.ledgerJobs = undefined as unknown as Worker;
    setTimeout(startBeside, RESTART_MS).unref();
  });
}
