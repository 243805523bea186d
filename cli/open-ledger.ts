import { userInfo } from "node:os";
import { cliViewer } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { type Ledger, openLedger } from "@/lib/jobs/index.ts";
import { createLog } from "@/lib/log.ts";

/**
 * Opens the store and the sources that the settings name, runs `body`, and closes them.
 * @param service a service logs from `info` on, a command typed by a person from `warn`.
 * @throws AppError `invalid` for wrong settings.
 */
export async function withLedger<T>(service: boolean, body: (ledger: Ledger) => Promise<T>): Promise<T> {
  const settings = env();
  const level = settings.LOG_LEVEL === "info" && !service ? "warn" : settings.LOG_LEVEL;
  const ledger = await openLedger(settings, createLog(level), cliViewer(userInfo().username));
  try {
    return await body(ledger);
  } finally {
    await ledger.close();
  }
}
