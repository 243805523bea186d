import { userInfo } from "node:os";
import { openDb } from "@/db/client.ts";
import { assertReadable, openToRead } from "@/db/read-only.ts";
import { assertCurrency } from "@/lib/charges/currency-store.ts";
import { type Ctx, cliViewer, ledgerOf, systemNow } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { createLog } from "@/lib/log.ts";
import { assertZone } from "@/lib/metering/store.ts";

export interface OpenOptions {
  /** The command only reads: a ledger that does not exist is an error, and is not made. */
  readonly mustExist?: boolean;
  /** Nothing of the ledger may change, not even its version: it is looked at where it is, or a copy of it. */
  readonly untouched?: boolean;
  /** A service writes its log from `info` on; a command typed by a person only from `warn`. */
  readonly service?: boolean;
}

/**
 * Opens the ledger that the settings name, runs `body` as the command line's own job, and closes it.
 * @throws AppError `invalid` for wrong settings, `not_found` for a missing file.
 */
export async function withCtx<T>(options: OpenOptions, body: (ctx: Ctx) => Promise<T>): Promise<T> {
  const { DATABASE_URL, LOG_LEVEL, BILLING_TIME_ZONE, LEDGER_CURRENCY } = env();
  const file = DATABASE_URL.startsWith("file:") ? DATABASE_URL.slice(5).replace(/\?.*$/, "") : null;
  if (options.mustExist && file !== null) assertReadable(file);
  const log = createLog(LOG_LEVEL === "info" && !options.service ? "warn" : LOG_LEVEL);
  const db = options.untouched ? (await openToRead(DATABASE_URL)).db : await openDb(DATABASE_URL);
  try {
    await assertZone(db, BILLING_TIME_ZONE);
    await assertCurrency(db, LEDGER_CURRENCY);
    const ledger = ledgerOf(env());
    return await body({ db, now: systemNow, viewer: cliViewer(userInfo().username), log, ledger });
  } finally {
    await db.close();
  }
}
