import "server-only";
import { type Db, openDb } from "@/db/client.ts";
import { type Ctx, localViewer, systemNow } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { createLog, type Log } from "@/lib/log.ts";

interface Held {
  db?: Promise<Db>;
  log?: Log;
}

/** Kept on globalThis: reloads of a module in development must not open the file again. */
const place = globalThis as { gpuLedger?: Held };
place.gpuLedger ??= {};
const held = place.gpuLedger;

/** The context of a request. The store is opened, and migrated, once in a process. */
export async function getCtx(): Promise<Ctx> {
  held.db ??= openDb(env().DATABASE_URL, "threads").catch((error) => {
    held.db = undefined;
    throw error;
  });
  held.log ??= createLog(env().LOG_LEVEL);
  return { db: await held.db, now: systemNow, viewer: localViewer, log: held.log };
}
