import "server-only";
import { headers } from "next/headers";
import { type Db, openDb } from "@/db/client.ts";
import { type Ctx, localViewer, systemNow, type Viewer } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { createLog, type Log } from "@/lib/log.ts";
import { assertOwnRequest } from "@/lib/request-guard.ts";

interface Held {
  db?: Promise<Db>;
  log?: Log;
}

/** Kept on globalThis: reloads of a module in development must not open the file again. */
const place = globalThis as { gpuLedger?: Held };
place.gpuLedger ??= {};
const held = place.gpuLedger;

/** The store of this process: opened, and migrated, once. */
export function openStore(): Promise<Db> {
  held.db ??= openDb(env().DATABASE_URL, "threads").catch((error) => {
    held.db = undefined;
    throw error;
  });
  return held.db;
}

/**
 * The context of a request: pages, routes and actions alike begin here.
 * @throws AppError `forbidden` for a request by another's name or from a page of another site.
 */
export async function getCtx(): Promise<Ctx> {
  const viewer = await viewerOfRequest();
  held.log ??= createLog(env().LOG_LEVEL);
  return { db: await openStore(), now: systemNow, viewer, log: held.log };
}

/**
 * Who asks: the one place where a request becomes a viewer, and where a session will be looked up. Host and origin are checked here again, since nothing
 * may rest on the proxy alone: Next.js runs a server action at whatever path it is posted to.
 */
async function viewerOfRequest(): Promise<Viewer> {
  assertOwnRequest(await headers(), env());
  return localViewer;
}
